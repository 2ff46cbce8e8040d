import { formatMoment } from '../src/report/page/elapsed.js';
import { linkTo } from '../src/report/page/links.js';
import type { PageModel } from '../src/report/page/model.js';
import { standsAt } from './run.js';

/** More projects than this are counted, not named. */
const NAMED = 8;
const RUNNING = 3;

/** The state of everything at one moment. */
export function Readout({
  model,
  at,
  elapsed,
}: {
  readonly model: PageModel;
  readonly at: number;
  readonly elapsed: number;
}) {
  const running = model.steps.filter(({ from, ms }) => from !== undefined && from <= at && at <= from + (ms ?? 0));
  const down = model.probes.filter(({ outages }) => outages.some(({ from, to }) => from <= at && at <= to));
  const phase = running[0]?.phase;
  return (
    <div class="readout">
      <b class="num">{formatMoment(elapsed)}</b>
      {phase === undefined ? null : <span>{phase}</span>}
      {running.slice(0, RUNNING).map((step) => (
        <a key={step.key} href={linkTo({ kind: 'step', id: step.key })}>
          {step.title}
        </a>
      ))}
      {running.length > RUNNING ? <span>and {running.length - RUNNING} more</span> : null}
      <span class="stand">
        {model.projects.length > NAMED
          ? counted(model, at)
          : model.projects.map((project) => {
              const { where, text } = standsAt(project, at);
              return (
                <span key={project.name} data-where={where}>
                  {text}
                </span>
              );
            })}
        {down.slice(0, NAMED).map(({ name }) => (
          <span key={`probe ${name}`} data-where="off">
            {name} does not answer
          </span>
        ))}
      </span>
    </div>
  );
}

const WORDS = {
  nowhere: 'not started',
  base: 'at the base',
  down: 'stopped',
  between: 'on the way',
  target: 'at the target',
} as const;

function counted({ projects }: PageModel, at: number) {
  const counts = new Map<string, number>();
  for (const project of projects) {
    const { where } = standsAt(project, at);
    counts.set(where, (counts.get(where) ?? 0) + 1);
  }
  return (Object.keys(WORDS) as (keyof typeof WORDS)[]).flatMap((where) => {
    const count = counts.get(where);
    return count === undefined
      ? []
      : [
          <span key={where} data-where={where}>
            {count} {WORDS[where]}
          </span>,
        ];
  });
}
