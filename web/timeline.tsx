import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatDuration } from '../src/basics/duration.js';
import { elapsedAt, formatMoment, momentAt, totalOf } from '../src/report/page/elapsed.js';
import type { Shown } from '../src/report/page/links.js';
import type { PageModel } from '../src/report/page/model.js';
import { Lanes, Legend } from './lanes.js';
import { Outages } from './outages.js';
import { Readout } from './readout.js';
import type { Index } from './run.js';
import { axisLabel, marks } from './scale.js';

interface Given {
  readonly model: PageModel;
  readonly known: Index;
  readonly shown: Shown | undefined;
}

/** A second of a run need not be drawn wider than this, in pixels. */
const WIDEST_SECOND = 400;

/** What happened when: phases, projects with their releases and steps, services, probes. */
export function Timeline({ model, known, shown }: Given) {
  const total = Math.max(1, totalOf(model.parts));
  const [at, move] = useState(() => elapsedAt(momentToBegin(model), model.parts));
  const [zoom, setZoom] = useState(1);
  const view = useRef<HTMLElement>(null);
  const tracks = useRef<HTMLDivElement>(null);
  const width = useWidth(tracks);
  const most = Math.max(1, (total / 1000) * (WIDEST_SECOND / Math.max(1, width / zoom)));
  const band = bandOf(shown, model, known);
  const bounds = useMemo(() => boundsOf(model), [model]);
  const lanes = useMemo(
    () => <Lanes model={model} known={known} shown={shown} total={total} />,
    [model, known, shown, total],
  );

  /** Nearer or farther, with the moment looked at kept where it is. */
  const zoomTo = (next: number): void => {
    const wanted = Math.min(most, Math.max(1, next));
    setZoom(wanted);
    requestAnimationFrame(() => {
      const [outer, inner] = [view.current, tracks.current];
      if (outer === null || inner === null) return;
      const room = outer.clientWidth - inner.offsetLeft;
      outer.scrollLeft = (at / total) * inner.offsetWidth - room / 2;
    });
  };
  const byPointer = (event: PointerEvent): void => {
    const box = tracks.current?.getBoundingClientRect();
    if (box === undefined || event.clientX < box.left) return;
    move(Math.min(total, Math.max(0, ((event.clientX - box.left) / box.width) * total)));
  };
  const byKey = (event: KeyboardEvent): void => {
    const next = moved(event.key, at, total, bounds);
    if (next === undefined) return;
    event.preventDefault();
    move(next);
  };
  useEffect(() => {
    if (band !== undefined) move(band.from);
    // A step is found in the list, an outage is drawn here alone.
    if (shown?.kind === 'outage') view.current?.scrollIntoView({ block: 'nearest' });
  }, [band?.from]);

  // A mark at the very end would be cut off.
  const ticks = marks(total, width, 84).filter((ms) => ms < total * (1 - 40 / width));
  const step = ticks[1] ?? total;
  return (
    <section class="timeline" id="timeline" aria-labelledby="when" tabIndex={-1}>
      <div class="bar">
        <h2 id="when">What happened when</h2>
        <Legend model={model} />
        <fieldset class="zoom">
          <legend class="unseen">Zoom</legend>
          <button type="button" aria-label="Zoom out" disabled={zoom <= 1} onClick={() => zoomTo(zoom / 2)}>
            −
          </button>
          <button type="button" disabled={zoom <= 1} onClick={() => zoomTo(1)}>
            whole
          </button>
          <button type="button" aria-label="Zoom in" disabled={zoom >= most} onClick={() => zoomTo(zoom * 2)}>
            +
          </button>
        </fieldset>
      </div>
      <Readout model={model} at={momentAt(at, model.parts)} elapsed={at} />
      <section class="view" ref={view} tabIndex={0} aria-label="Timeline; the list of steps below tells the same">
        <div class="canvas" style={{ '--zoom': zoom }} onPointerMove={byPointer} onPointerDown={byPointer}>
          <div class="tracks" ref={tracks}>
            {ticks.map((ms) => (
              <span key={ms} class="tick" style={{ left: `${(ms / total) * 100}%` }}>
                {axisLabel(ms, step)}
              </span>
            ))}
            {gapsOf(model).map((gap) => (
              <span
                key={gap.at}
                class="gap"
                style={{ left: `${(gap.at / total) * 100}%` }}
                title={`The run went on ${formatDuration(gap.ms)} later`}
              />
            ))}
            {band === undefined ? null : (
              <span
                class="band"
                data-kind={shown?.kind}
                style={{ left: `${(band.from / total) * 100}%`, width: `${((band.to - band.from) / total) * 100}%` }}
              />
            )}
            <span
              class="cursor"
              role="slider"
              tabIndex={0}
              aria-label="Moment looked at"
              aria-valuemin={0}
              aria-valuemax={Math.round(total)}
              aria-valuenow={Math.round(at)}
              aria-valuetext={`${formatMoment(at)} after the start`}
              style={{ left: `${(at / total) * 100}%` }}
              onKeyDown={byKey}
            />
          </div>
          {lanes}
        </div>
      </section>
      <Outages model={model} />
    </section>
  );
}

/** What is looked at first: the first that went wrong, or how everything stood when the upgrade was done. */
function momentToBegin({ story, steps, phases, parts }: PageModel): number {
  const after = new Set(phases.filter(({ blame }) => blame === 'after').map(({ name }) => name));
  const done = steps.find(({ phase, from }) => from !== undefined && after.has(phase));
  return story.find(({ first }) => first)?.at ?? done?.from ?? parts.at(-1)?.to ?? 0;
}

/** Where a key takes the cursor: arrows to where the next thing began or ended. */
function moved(key: string, at: number, total: number, bounds: readonly number[]): number | undefined {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return bounds.find((each) => each > at + 0.5) ?? total;
    case 'ArrowLeft':
    case 'ArrowDown':
      return bounds.findLast((each) => each < at - 0.5) ?? 0;
    case 'PageDown':
      return Math.max(0, at - total / 10);
    case 'PageUp':
      return Math.min(total, at + total / 10);
    case 'Home':
      return 0;
    case 'End':
      return total;
    default:
      return undefined;
  }
}

/** Moments at which a step or an outage began or ended, in order. */
function boundsOf({ steps, probes, parts }: PageModel): readonly number[] {
  const moments = [
    ...steps.flatMap(({ from, ms }) => (from === undefined ? [] : [from, from + (ms ?? 0)])),
    ...probes.flatMap(({ outages }) => outages.flatMap(({ from, to }) => [from, to])),
  ];
  return [...new Set(moments.map((at) => elapsedAt(at, parts)))].sort((a, b) => a - b);
}

/** The stretch of what is shown. */
function bandOf(shown: Shown | undefined, { parts }: PageModel, known: Index) {
  if (shown === undefined) return undefined;
  const outage = shown.kind === 'outage' ? known.outages.get(shown.id)?.outage : undefined;
  const step = shown.kind === 'step' ? known.steps.get(shown.id) : undefined;
  const from = outage?.from ?? step?.from;
  if (from === undefined) return undefined;
  const to = outage?.to ?? from + (step?.ms ?? 0);
  return { from: elapsedAt(from, parts), to: elapsedAt(to, parts) };
}

/** Where a run went on later, and how much later. */
function gapsOf({ parts }: PageModel): { readonly at: number; readonly ms: number }[] {
  return parts.slice(1).map(({ from }, i) => ({ at: elapsedAt(from, parts), ms: from - (parts[i]?.to ?? from) }));
}

function useWidth(of: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(800);
  useEffect(() => {
    const element = of.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.offsetWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}
