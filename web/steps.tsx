import { useMemo, useState } from 'preact/hooks';
import { formatDuration } from '../src/basics/duration.js';
import { elapsedAt } from '../src/report/page/elapsed.js';
import { linkTo, type Shown } from '../src/report/page/links.js';
import type { PageModel, PageStep } from '../src/report/page/model.js';
import { type Index, statusMark, statusWord } from './run.js';

interface Given {
  readonly model: PageModel;
  readonly known: Index;
  readonly shown: Shown | undefined;
}

/** Of a longer run only the phases that tell something are open at first. */
const ALL_OPEN = 60;

/** Which steps are looked at. */
type Which = 'all' | PageStep['status'];

const BLAMES = {
  base: 'The base, before anything is upgraded',
  upgrade: 'The upgrade',
  after: 'After the upgrade',
} as const;

/** The plan, step by step, with what became of each. */
export function Steps({ model, known, shown }: Given) {
  const [text, find] = useState('');
  const [which, choose] = useState<Which>('all');
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = model.steps.filter(
    (step) => (which === 'all' || step.status === which) && words.every((word) => sought(step).includes(word)),
  );
  const counts = useMemo(() => countByStatus(model.steps), [model]);
  const longest = useMemo(() => Math.max(1, ...model.steps.map(({ ms }) => ms ?? 0)), [model]);
  const searching = words.length > 0 || which !== 'all';
  return (
    <section class="steps" aria-labelledby="steps">
      <div class="bar">
        <h2 id="steps">The plan, step by step</h2>
        <fieldset class="chips">
          <legend class="unseen">Which steps</legend>
          {(['all', 'failed', 'running', 'passed', 'waiting'] as const)
            .filter((each) => each === 'all' || counts[each] > 0)
            .map((each) => (
              <label key={each}>
                <input type="radio" name="which" checked={which === each} onChange={() => choose(each)} />
                <span>
                  {each === 'all' ? 'all' : statusWord[each]} {each === 'all' ? model.steps.length : counts[each]}
                </span>
              </label>
            ))}
        </fieldset>
        <input
          type="search"
          placeholder="Find steps"
          aria-label="Find steps by project, hook, phase or key"
          value={text}
          onInput={(event) => find(event.currentTarget.value)}
        />
      </div>
      <p class="unseen" role="status">
        {searching ? `${found.length} of ${model.steps.length} steps` : ''}
      </p>
      {found.length === 0 ? <p class="quiet">No step is like that.</p> : null}
      <Phases model={model} known={known} shown={shown} found={found} longest={longest} searching={searching} />
    </section>
  );
}

function Phases({
  model,
  known,
  shown,
  found,
  longest,
  searching,
}: Given & {
  readonly found: readonly PageStep[];
  readonly longest: number;
  readonly searching: boolean;
}) {
  const byPhase = new Map<string, PageStep[]>();
  for (const step of found) {
    const steps = byPhase.get(step.phase);
    if (steps === undefined) byPhase.set(step.phase, [step]);
    else steps.push(step);
  }
  let blame: string | undefined;
  return (
    <>
      {model.phases.flatMap((phase) => {
        const steps = byPhase.get(phase.name);
        if (steps === undefined) return [];
        const heading = phase.blame === blame ? null : <h3 key={`h-${phase.name}`}>{BLAMES[phase.blame]}</h3>;
        blame = phase.blame;
        const telling = steps.some(
          ({ status, key }) =>
            status === 'failed' || status === 'running' || (shown?.kind === 'step' && shown.id === key),
        );
        return [
          heading,
          <Phase
            key={phase.name}
            name={phase.name}
            steps={steps}
            open={telling || (searching ? found.length <= 400 : model.steps.length <= ALL_OPEN)}
          >
            {(step) => (
              <Row
                key={step.key}
                step={step}
                model={model}
                known={known}
                current={shown?.kind === 'step' && shown.id === step.key}
                longest={longest}
              />
            )}
          </Phase>,
        ];
      })}
    </>
  );
}

/** A phase's rows are made when it is opened: a run may have thousands. */
function Phase({
  name,
  steps,
  open,
  children,
}: {
  readonly name: string;
  readonly steps: readonly PageStep[];
  readonly open: boolean;
  readonly children: (step: PageStep) => preact.ComponentChild;
}) {
  const [chosen, choose] = useState<boolean>();
  const isOpen = chosen ?? open;
  const counts = countByStatus(steps);
  const took = spanOf(steps);
  return (
    <details class="phase" open={isOpen} onToggle={(event) => choose(event.currentTarget.open)}>
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
      {isOpen ? <ol>{steps.map(children)}</ol> : null}
    </details>
  );
}

function Row({
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
        <span class="num at">{from === undefined ? '' : formatDuration(elapsedAt(from, model.parts))}</span>
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

const sought = ({ key, title, phase, short, release }: PageStep): string =>
  `${key} ${title} ${phase} ${short ?? ''} ${release}`.toLowerCase();

function countByStatus(steps: readonly PageStep[]): Record<PageStep['status'], number> {
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
