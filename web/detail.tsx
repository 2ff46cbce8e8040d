import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { formatDuration } from '../src/basics/duration.js';
import { elapsedAt, formatMoment } from '../src/report/page/elapsed.js';
import { linkTo, type Shown } from '../src/report/page/links.js';
import type { Outage, PageModel, PageProbe, PageService, PageStep } from '../src/report/page/model.js';
import { Log } from './log.js';
import { showNothing } from './route.js';
import { type Index, statusMark, statusWord } from './run.js';

interface Given {
  readonly model: PageModel;
  readonly known: Index;
  readonly shown: Shown | undefined;
}

/** What a link names, beside the page: a step with its log, a service, an outage. */
export function Detail({ model, known, shown }: Given) {
  const heading = useRef<HTMLHeadingElement>(null);
  const back = useRef<Element | null>(null);
  const key = shown === undefined ? undefined : linkTo(shown);
  useEffect(() => {
    if (key === undefined) {
      if (back.current instanceof HTMLElement) back.current.focus();
      back.current = null;
      return;
    }
    if (!heading.current?.closest('.detail')?.contains(document.activeElement)) back.current ??= document.activeElement;
    heading.current?.focus();
  }, [key]);
  useEffect(() => {
    const leave = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && key !== undefined && !event.defaultPrevented) showNothing();
    };
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, [key]);
  if (shown === undefined) return null;

  const frame = (title: string, content: ComponentChildren, more: ComponentChildren = null) => (
    <section class="detail" data-kind={shown.kind} role="dialog" aria-labelledby="detail">
      <div class="head">
        <h2 id="detail" tabIndex={-1} ref={heading}>
          {title}
        </h2>
        <div class="tools">
          {more}
          <CopyLink key={key} />
          <button type="button" onClick={showNothing} aria-label="Close">
            ✕
          </button>
        </div>
      </div>
      <div class="body" key={key}>
        {content}
      </div>
    </section>
  );

  const step = shown.kind === 'step' ? known.steps.get(shown.id) : undefined;
  if (step !== undefined)
    return frame(
      step.title,
      <StepDetail model={model} known={known} step={step} />,
      <Neighbours model={model} step={step} />,
    );
  const service = shown.kind === 'service' ? known.services.get(shown.id) : undefined;
  if (service !== undefined) return frame(`Service ${service.name}`, <ServiceDetail model={model} service={service} />);
  const found = shown.kind === 'outage' ? known.outages.get(shown.id) : undefined;
  if (found !== undefined)
    return frame(`${found.probe.name} did not answer`, <OutageDetail model={model} {...found} />);
  return frame(
    `No ${shown.kind} of this run is called that`,
    <p>
      <code>{shown.id}</code>
    </p>,
  );
}

/** The steps before and after it in the plan. */
function Neighbours({ model, step }: { readonly model: PageModel; readonly step: PageStep }) {
  const at = model.steps.findIndex(({ key }) => key === step.key);
  const link = (to: PageStep | undefined, word: string, sign: string) =>
    to === undefined ? null : (
      <a
        class="button"
        href={linkTo({ kind: 'step', id: to.key })}
        aria-label={`${word} step: ${to.title}`}
        title={to.title}
      >
        {sign}
      </a>
    );
  return (
    <>
      {link(model.steps[at - 1], 'Previous', '↑')}
      {link(model.steps[at + 1], 'Next', '↓')}
    </>
  );
}

function CopyLink() {
  const [copied, say] = useState(false);
  if (navigator.clipboard === undefined) return null;
  return (
    <button type="button" onClick={() => navigator.clipboard.writeText(location.href).then(() => say(true))}>
      {copied ? 'Copied' : 'Copy link'}
    </button>
  );
}

function StepDetail({
  model,
  known,
  step,
}: {
  readonly model: PageModel;
  readonly known: Index;
  readonly step: PageStep;
}) {
  const { key, number, status, phase, release, side, from, ms, after, notes, short, log, empty } = step;
  const failure = model.failures.find((each) => each.step === key);
  const charged = known.charged.get(key) ?? [];
  return (
    <>
      <p class="how" data-status={status}>
        <span class="mark" aria-hidden="true">
          {statusMark[status]}
        </span>{' '}
        <b>{short ?? statusWord[status]}</b>
        {ms === undefined ? '' : ` after ${formatDuration(ms)}`}
        {failure?.place === undefined ? null : (
          <>
            {' '}
            · <code>{failure.place}</code>
          </>
        )}
      </p>
      {failure === undefined || failure.command.length === 0 ? null : (
        <pre class="command">{failure.command.join('\n')}</pre>
      )}
      {failure?.notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      <dl>
        <dt>step</dt>
        <dd>
          <span class="num">{number}</span> <code>{key}</code>
        </dd>
        <dt>phase</dt>
        <dd>{phase}</dd>
        <dt>for</dt>
        <dd>
          <span data-side={side}>{release}</span>, the {side}
        </dd>
        {from === undefined ? null : (
          <>
            <dt>began</dt>
            <dd>
              {formatMoment(elapsedAt(from, model.parts))} after the start, at {clock(from)}
            </dd>
          </>
        )}
        {after.length === 0 ? null : (
          <>
            <dt>waits for</dt>
            <dd>
              {after.map((each, i) => (
                <span key={each}>
                  {i > 0 ? ', ' : ''}
                  <a href={linkTo({ kind: 'step', id: each })}>{known.steps.get(each)?.title ?? each}</a>
                </span>
              ))}
            </dd>
          </>
        )}
        {charged.length === 0 ? null : (
          <>
            <dt>down meanwhile</dt>
            <dd>
              {charged.map(({ outage, probe, ms: share }, i) => (
                <span key={outage.id}>
                  {i > 0 ? ', ' : ''}
                  <a href={linkTo({ kind: 'outage', id: outage.id })}>{probe.name}</a>
                  {share > 0 ? ` ${formatDuration(share)}` : ''}
                </span>
              ))}
            </dd>
          </>
        )}
        {empty ? (
          <>
            <dt>note</dt>
            <dd>Its hook can be seen to do nothing.</dd>
          </>
        ) : null}
        {notes.length === 0 ? null : (
          <>
            <dt>it said</dt>
            <dd>
              {notes.map((note, i) => (
                <p key={i}>{note}</p>
              ))}
            </dd>
          </>
        )}
      </dl>
      <Log
        of={log === undefined ? undefined : model.logs[log]}
        atEnd={status === 'failed' || status === 'running'}
        never={from === undefined}
      />
    </>
  );
}

function ServiceDetail({ model, service }: { readonly model: PageModel; readonly service: PageService }) {
  const { runs, project, log } = service;
  const died = runs.some(({ end }) => end === 'died');
  return (
    <>
      <dl>
        {project === undefined ? null : (
          <>
            <dt>project</dt>
            <dd>{project}</dd>
          </>
        )}
        {runs.map(({ pid, from, to, end, how }) => (
          <>
            <dt>process {pid}</dt>
            <dd>
              from {formatMoment(elapsedAt(from, model.parts))} to {formatMoment(elapsedAt(to, model.parts))},{' '}
              {end === 'died' ? (
                <b class="bad">died{how === undefined ? '' : `, ${how}`}</b>
              ) : end === 'up' ? (
                'still up at the end'
              ) : (
                'stopped as it should'
              )}
            </dd>
          </>
        ))}
      </dl>
      <Log of={log === undefined ? undefined : model.logs[log]} atEnd={died} never={false} />
    </>
  );
}

function OutageDetail({
  model,
  outage,
  probe,
}: {
  readonly model: PageModel;
  readonly outage: Outage;
  readonly probe: PageProbe;
}) {
  const { charges, causes, length, fell, open, kept, from, to } = outage;
  return (
    <>
      <p class="how" data-status={probe.over ? 'failed' : undefined}>
        <b>down for {length}</b>, {fell}
      </p>
      <dl>
        <dt>probe</dt>
        <dd>{probe.what}</dd>
        <dt>why</dt>
        <dd>
          {causes}
          {kept ? '; only connections that were kept noticed' : ''}
        </dd>
        <dt>between</dt>
        <dd>
          {formatMoment(elapsedAt(from, model.parts))} and {formatMoment(elapsedAt(to, model.parts))} after the start,{' '}
          {clock(from)} to {clock(to)}
          {open ? '; it was still down then' : ''}
        </dd>
        {probe.budgetMs === undefined ? null : (
          <>
            <dt>budget</dt>
            <dd>
              {formatDuration(probe.budgetMs)} for all its outages
              {probe.over ? <b class="bad">, exceeded: {probe.down}</b> : ''}
            </dd>
          </>
        )}
        <dt>charged to</dt>
        <dd>
          {charges.length === 0 ? (
            'no step: none ran'
          ) : (
            <ul>
              {charges.map(({ step, title, ms }) => (
                <li key={step}>
                  <a href={linkTo({ kind: 'step', id: step })}>{title}</a>
                  {ms > 0 ? ` ${formatDuration(ms)}` : ''}
                </li>
              ))}
            </ul>
          )}
        </dd>
      </dl>
    </>
  );
}

const clock = (at: number): string =>
  new Date(at).toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 1,
  });
