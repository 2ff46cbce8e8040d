import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import { formatDuration } from '../src/basics/duration.js';
import { elapsedAt, formatMoment } from '../src/report/page/elapsed.js';
import { linkTo } from '../src/report/page/links.js';
import type { PageModel, PageStep } from '../src/report/page/model.js';
import { firstOf, type Index, isTelling, statusMark, statusWord } from './run.js';

/** Of a phase with more steps than this, those that tell something and the first are shown before one asks for all. */
const MOST = 60;

/** A phase's rows are made when it is opened: a run may have thousands. */
export function Phase({
  name,
  steps,
  open,
  children,
}: {
  readonly name: string;
  readonly steps: readonly PageStep[];
  readonly open: boolean;
  readonly children: (step: PageStep) => ComponentChild;
}) {
  const [chosen, choose] = useState<boolean>();
  const [all, showAll] = useState(false);
  const isOpen = chosen ?? open;
  const counts = countByStatus(steps);
  const took = spanOf(steps);
  const shown = all || steps.length <= MOST ? steps : firstOf(steps, isTelling, MOST);
  return (
    <details
      class="phase"
      open={isOpen}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open !== isOpen) choose(currentTarget.open);
      }}
    >
      <summary>
        <span class="name">{name}</span>
        <span class="counts">
          {counts.failed > 0 ? <b class="bad">✘ {counts.failed} failed</b> : null}
          {counts.running > 0 ? <b>▸ {counts.running} running</b> : null}
          {counts.waiting > 0 ? <span>{counts.waiting} never ran</span> : null}
          {counts.passed > 0 ? <span>✔ {counts.passed}</span> : null}
        </span>
        <span class="num">{took === undefined ? '' : formatDuration(took)}</span>
      </summary>
      {isOpen ? <ol>{shown.map(children)}</ol> : null}
      {isOpen && shown.length < steps.length ? (
        <button type="button" class="rest" onClick={() => showAll(true)}>
          Show all {steps.length} steps of {name}
        </button>
      ) : null}
    </details>
  );
}

export function Row({
  step,
  model,
  known,
  current,
  longest,
}: {
  readonly step: PageStep;
  readonly model: PageModel;
  readonly known: Index;
  readonly current: boolean;
  readonly longest: number;
}) {
  const { key, number, title, status, side, short, ms, from, empty } = step;
  const charged = known.charged.get(key) ?? [];
  return (
    <li>
      <a
        class="step"
        data-status={status}
        href={linkTo({ kind: 'step', id: key })}
        aria-current={current ? 'true' : undefined}
      >
        <span class="num at">{from === undefined ? '' : formatMoment(elapsedAt(from, model.parts))}</span>
        <span class="mark" aria-hidden="true">
          {statusMark[status]}
        </span>
        <span class="title">
          <span class="num">{String(number).padStart(2, '0')}</span> {title}
          <span class="unseen">, {statusWord[status]}</span>
          {short === undefined ? null : <b class="bad"> {short}</b>}
          {empty ? <small> does nothing</small> : null}
          {charged.length > 0 ? (
            <small class="down">
              {' '}
              {charged
                .map(({ probe, ms: share }) => `${probe.name} down${share > 0 ? ` ${formatDuration(share)}` : ''}`)
                .join(', ')}
            </small>
          ) : null}
        </span>
        <span class="took" data-side={side}>
          {ms === undefined ? null : <Share of={ms / longest} />}
        </span>
        <span class="num">{ms === undefined ? '' : formatDuration(ms)}</span>
      </a>
    </li>
  );
}

const Share = ({ of }: { readonly of: number }) => <i style={{ width: `${Math.max(1, of * 100)}%` }} />;

export function countByStatus(steps: readonly PageStep[]): Record<PageStep['status'], number> {
  const counts = { waiting: 0, running: 0, passed: 0, failed: 0 };
  for (const { status } of steps) counts[status] += 1;
  return counts;
}

/** From the first start to the last end. */
function spanOf(steps: readonly PageStep[]): number | undefined {
  const ran = steps.flatMap(({ from, ms }) =>
    from === undefined || ms === undefined ? [] : [{ from, to: from + ms }],
  );
  if (ran.length === 0) return undefined;
  return (
    ran.reduce((most, { to }) => Math.max(most, to), 0) -
    ran.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY)
  );
}
