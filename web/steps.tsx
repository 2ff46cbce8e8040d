import { useMemo, useState } from 'preact/hooks';
import type { Shown } from '../src/report/page/links.js';
import type { PageModel, PageStep } from '../src/report/page/model.js';
import { countByStatus, Phase, Row } from './phase.js';
import { type Index, isTelling, statusWord } from './run.js';

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
        const telling = steps.some((step) => isTelling(step) || (shown?.kind === 'step' && shown.id === step.key));
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

const sought = ({ key, title, phase, short, release }: PageStep): string =>
  `${key} ${title} ${phase} ${short ?? ''} ${release}`.toLowerCase();
