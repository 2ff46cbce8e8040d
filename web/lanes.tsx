import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { formatDuration } from '../src/basics/duration.js';
import { elapsedAt } from '../src/report/page/elapsed.js';
import { linkTo, type Shown } from '../src/report/page/links.js';
import type {
  Outage,
  PageModel,
  PageProbe,
  PageProject,
  PageService,
  PageStep,
  Stretch,
} from '../src/report/page/model.js';
import { firstOf, type Index, statusWord } from './run.js';

interface Given {
  readonly model: PageModel;
  readonly known: Index;
  readonly shown: Shown | undefined;
  readonly total: number;
}

/** Lanes of a kind that are shown before one asks for all: those that tell something, then the first. */
const LANES = 12;

/**
 * Lanes are links for a pointer. Keyboard and screen readers have the list of steps and the table of outages, which
 * tell the same, so that nobody has to walk through thousands of bars.
 */
export function Lanes({ model, known, shown, total }: Given) {
  const place = (of: Stretch) => placed(of, model, total);
  const byProject = new Map<string | undefined, PageStep[]>();
  for (const step of model.steps) {
    if (step.from === undefined) continue;
    const steps = byProject.get(step.project);
    if (steps === undefined) byProject.set(step.project, [step]);
    else steps.push(step);
  }
  const marked = new Set(
    shown?.kind === 'outage' ? known.outages.get(shown.id)?.outage.charges.map(({ step }) => step) : [],
  );
  if (shown?.kind === 'step') marked.add(shown.id);
  const bars = (steps: readonly PageStep[] = []) =>
    steps.map((step) => <Bar key={step.key} step={step} marked={marked.has(step.key)} place={place} />);
  const own = byProject.get(undefined) ?? [];
  const failed = new Set(model.steps.flatMap(({ status, project }) => (status === 'failed' ? [project] : [])));
  return (
    <div class="lanes" aria-hidden="true">
      <Lane name="" kind="phases">
        {phasesOf(model).map(({ name, blame, ...time }) => (
          <span key={name} class="phase" data-blame={blame} style={place(time)} title={name}>
            <span>{name}</span>
          </span>
        ))}
      </Lane>
      <Group title="Projects" of={model.projects} telling={({ name, broken }) => broken || failed.has(name)}>
        {(project: PageProject) => (
          <Lane key={project.name} name={project.name} kind="project" bad={project.broken}>
            {project.stays.map((stay) => (
              <span
                key={stay.from}
                class="stay"
                data-where={stay.where}
                style={place(stay)}
                title={
                  stay.where === 'nowhere'
                    ? ''
                    : `${project.name} ${stay.release} ${stay.where === 'down' ? 'stopped' : ''}`
                }
              >
                <span>{stay.where === 'down' ? 'stopped' : stay.release}</span>
              </span>
            ))}
            {bars(byProject.get(project.name))}
          </Lane>
        )}
      </Group>
      {own.length === 0 ? null : (
        <Lane name="grenade" kind="project">
          {bars(own)}
        </Lane>
      )}
      <Group title="Services" of={model.services} telling={({ runs }) => runs.some(({ end }) => end === 'died')}>
        {(service: PageService) => (
          <Lane
            key={service.name}
            name={service.name}
            kind="service"
            bad={service.runs.some(({ end }) => end === 'died')}
          >
            {service.runs.map((run) => (
              <a
                key={run.from}
                class="up"
                tabIndex={-1}
                data-end={run.end}
                href={linkTo({ kind: 'service', id: service.name })}
                style={place(run)}
                title={`${service.name}, process ${run.pid}: up for ${formatDuration(run.to - run.from)}${run.end === 'died' ? `, died${run.how === undefined ? '' : `, ${run.how}`}` : ''}`}
              >
                <span>{run.end === 'died' ? '✘' : ''}</span>
              </a>
            ))}
          </Lane>
        )}
      </Group>
      <Group title="Probes" of={model.probes} telling={({ over, outages }) => over || outages.length > 0}>
        {(probe: PageProbe) => (
          <Lane key={probe.name} name={probe.name} kind="probe" bad={probe.over}>
            {probe.spans.map((span) => (
              <span key={span.from} class="span" data-state={span.state} style={place(span)} />
            ))}
            {probe.outages.map((outage, at) => (
              <Drawn
                key={outage.id}
                outage={outage}
                over={probe.over}
                beside={hasRoomBeside(outage, probe.outages[at + 1], total)}
                marked={shown?.kind === 'outage' && shown.id === outage.id}
                place={place}
              />
            ))}
          </Lane>
        )}
      </Group>
    </div>
  );
}

type Place = (of: Stretch) => { readonly left: string; readonly width: string };

function placed({ from, to }: Stretch, { parts }: PageModel, total: number): ReturnType<Place> {
  const [left, right] = [elapsedAt(from, parts), elapsedAt(to, parts)];
  return { left: `${(left / total) * 100}%`, width: `${((right - left) / total) * 100}%` };
}

function Lane({
  name,
  kind,
  bad = false,
  children,
}: {
  readonly name: string;
  readonly kind: 'phases' | 'project' | 'service' | 'probe';
  readonly bad?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="lane" data-kind={kind}>
      <span class="label" title={name}>
        {bad ? <b class="bad">✘ </b> : null}
        {name}
      </span>
      <div class="track">{children}</div>
    </div>
  );
}

function Group<T>({
  title,
  of,
  telling,
  children,
}: {
  readonly title: string;
  readonly of: readonly T[];
  readonly telling: (one: T) => boolean;
  readonly children: (one: T) => ComponentChildren;
}) {
  const [all, showAll] = useState(false);
  if (of.length === 0) return null;
  const told = all ? of : firstOf(of, telling, LANES);
  const rest = of.length - told.length;
  return (
    <>
      <div class="group">
        <span>{title}</span>
      </div>
      {told.map(children)}
      {rest > 0 ? (
        <div class="group">
          <button type="button" tabIndex={-1} onClick={() => showAll(true)}>
            {rest} more {title.toLowerCase()}
          </button>
        </div>
      ) : null}
    </>
  );
}

function Bar({ step, marked, place }: { readonly step: PageStep; readonly marked: boolean; readonly place: Place }) {
  const { key, title, status, side, from = 0, ms = 0, project, short } = step;
  const word = project === undefined ? title : title.slice(project.length + 1);
  return (
    <a
      class="step"
      tabIndex={-1}
      href={linkTo({ kind: 'step', id: key })}
      data-status={status}
      data-side={side}
      data-marked={marked ? '' : undefined}
      style={place({ from, to: from + ms })}
      title={`${title}: ${short ?? statusWord[status]}, ${formatDuration(ms)}`}
    >
      <span>{status === 'failed' ? `✘ ${word}` : word}</span>
    </a>
  );
}

/** How much of the whole width an outage's length in words takes. */
const WORDS = 0.09;

function hasRoomBeside(outage: Outage, next: Outage | undefined, total: number): boolean {
  if ((outage.to - outage.from) / total > WORDS) return false;
  return next === undefined || (next.from - outage.to) / total > WORDS;
}

/** An outage: lighter where it is not certain, since nobody sampled just then. */
function Drawn({
  outage,
  over,
  beside,
  marked,
  place,
}: {
  readonly outage: Outage;
  readonly over: boolean;
  /** Whether its length is written beside it; within it, it shows where there is room. */
  readonly beside: boolean;
  readonly marked: boolean;
  readonly place: Place;
}) {
  return (
    <>
      <a
        class="outage"
        tabIndex={-1}
        href={linkTo({ kind: 'outage', id: outage.id })}
        data-over={over ? '' : undefined}
        data-marked={marked ? '' : undefined}
        style={place(outage)}
        title={`down for ${outage.length}, ${outage.fell}: ${outage.causes}`}
      >
        {beside ? <span>{outage.length}</span> : null}
      </a>
      {outage.certain.map(([from, to]) => (
        <span key={from} class="certain" data-over={over ? '' : undefined} style={place({ from, to })}>
          {beside ? null : <span>{outage.length}</span>}
        </span>
      ))}
    </>
  );
}

/** Phases from their first step's start to their last one's end. */
function phasesOf({ phases, steps }: PageModel) {
  const times = new Map<string, { from: number; to: number }>();
  for (const { phase, from, ms = 0 } of steps) {
    if (from === undefined) continue;
    const time = times.get(phase);
    if (time === undefined) times.set(phase, { from, to: from + ms });
    else {
      time.from = Math.min(time.from, from);
      time.to = Math.max(time.to, from + ms);
    }
  }
  return phases.flatMap(({ name, blame }) => {
    const time = times.get(name);
    return time === undefined ? [] : [{ name, blame, ...time }];
  });
}

/** What the colours and patterns mean. */
export function Legend({ model }: { readonly model: PageModel }) {
  const { base = 'base', target = 'target' } = model.releases ?? {};
  return (
    <ul class="legend" aria-label="What is drawn how">
      <li>
        <i data-where="base" />
        {base}
      </li>
      <li>
        <i data-where="between" />
        on the way
      </li>
      <li>
        <i data-where="target" />
        {target}
      </li>
      <li>
        <i data-status="failed" />
        failed
      </li>
      {model.probes.every(({ outages }) => outages.length === 0) ? null : (
        <li>
          <i data-where="off" />
          no answer
        </li>
      )}
    </ul>
  );
}
