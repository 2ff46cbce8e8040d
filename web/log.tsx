import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { LogText, PageLog } from '../src/report/page/model.js';
import { loadLog } from './data.js';

interface Given {
  readonly of: PageLog | undefined;
  /** Whether what matters stands at its end. */
  readonly atEnd: boolean;
  /** Whether there is no log because its step never ran. */
  readonly never: boolean;
}

/** A log with search: all of it, or its first and its last part. */
export function Log({ of, atEnd, never }: Given) {
  const [text, setText] = useState<LogText | 'loading' | 'gone'>('loading');
  useEffect(() => {
    if (of === undefined) return setText('gone');
    loadLog(of).then(
      (loaded) => setText(loaded ?? 'gone'),
      () => setText('gone'),
    );
  }, [of]);
  if (of === undefined) return <p class="quiet">{never ? 'It never ran.' : 'It has no log.'}</p>;
  if (text === 'loading') return <p class="quiet">Opening {of.path} …</p>;
  if (text === 'gone') return <p class="quiet">{of.path} was gone, or had no room here.</p>;
  return <Lines of={of} text={text} atEnd={atEnd} />;
}

/** Lines are kept together so that the browser need not lay out what is far away. */
const CHUNK = 200;

interface Line {
  /** Unknown after what was left out. */
  readonly number: number | undefined;
  readonly text: string;
}

function Lines({ of, text, atEnd }: { readonly of: PageLog; readonly text: LogText; readonly atEnd: boolean }) {
  const [sought, seek] = useState('');
  const [nth, go] = useState(0);
  const view = useRef<HTMLElement>(null);
  const { chunks, count } = useMemo(() => {
    const lines = linesOf(text);
    const split: Line[][] = [];
    for (let at = 0; at < lines.length; at += CHUNK) split.push(lines.slice(at, at + CHUNK));
    return { chunks: split, count: lines.length };
  }, [text]);
  const needle = sought.toLowerCase();
  const hits = useMemo(() => (needle === '' ? [] : hitsIn(chunks.flat(), needle)), [chunks, needle]);
  const current = hits.length === 0 ? -1 : (hits[((nth % hits.length) + hits.length) % hits.length] ?? -1);
  useLayoutEffect(() => {
    if (atEnd && view.current !== null) view.current.scrollTop = view.current.scrollHeight;
  }, [text]);
  useLayoutEffect(() => {
    view.current?.querySelector('.line[data-current]')?.scrollIntoView({ block: 'center', inline: 'nearest' });
  }, [current]);
  const drawn = useMemo(
    () =>
      chunks.map((chunk, at) => (
        <Chunk key={at} lines={chunk} first={at * CHUNK} needle={needle} current={current} omitted={of.omitted} />
      )),
    [chunks, needle, current],
  );
  if (of.size === 0) return <p class="quiet">{of.path} is empty: it printed nothing.</p>;
  return (
    <section class="log" aria-label={`Log ${of.path}`}>
      <div class="bar">
        <span>
          <code>{of.path}</code>{' '}
          <span class="quiet">
            {formatBytes(of.size ?? 0)}
            {of.omitted > 0 ? ', of which the first and the last part are here' : ''}
          </span>
        </span>
        <span class="find">
          <input
            type="search"
            placeholder="Find in this log"
            aria-label="Find in this log"
            value={sought}
            onInput={(event) => {
              seek(event.currentTarget.value);
              go(0);
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter') go(nth + (event.shiftKey ? -1 : 1));
              if (event.key === 'Escape' && sought !== '') {
                event.preventDefault();
                seek('');
              }
            }}
          />
          <span class="num" role="status">
            {needle === '' ? '' : hits.length === 0 ? 'not in it' : `${hits.indexOf(current) + 1} of ${hits.length}`}
          </span>
        </span>
      </div>
      <section class="lines" ref={view} tabIndex={0} aria-label={`${count} lines`}>
        {drawn}
      </section>
    </section>
  );
}

function Chunk({
  lines,
  first,
  needle,
  current,
  omitted,
}: {
  readonly lines: readonly Line[];
  readonly first: number;
  readonly needle: string;
  readonly current: number;
  readonly omitted: number;
}) {
  return (
    <div class="chunk" style={{ '--lines': lines.length }}>
      {lines.map(({ number, text }, at) =>
        number === -1 ? (
          <div key={at} class="line cut">
            {formatBytes(omitted)} of it are not here
          </div>
        ) : (
          <div key={at} class="line" data-n={number} data-current={first + at === current ? '' : undefined}>
            {needle === '' ? text || '\n' : marked(text, needle)}
          </div>
        ),
      )}
    </div>
  );
}

/** A line with what was sought set off. */
function marked(text: string, needle: string) {
  const lower = text.toLowerCase();
  // What changes its length in lower case cannot be told apart by places.
  if (lower.length !== text.length || !lower.includes(needle)) return text || '\n';
  const parts = [];
  let from = 0;
  for (let at = lower.indexOf(needle); at !== -1; at = lower.indexOf(needle, from)) {
    parts.push(text.slice(from, at), <mark>{text.slice(at, at + needle.length)}</mark>);
    from = at + needle.length;
  }
  return [...parts, text.slice(from)];
}

function linesOf({ head, tail }: LogText): Line[] {
  const split = (part: string): string[] => part.replace(/\n$/, '').split('\n');
  const first = split(head).map((text, at): Line => ({ number: at + 1, text }));
  if (tail === undefined) return first;
  return [...first, { number: -1, text: '' }, ...split(tail).map((text): Line => ({ number: undefined, text }))];
}

/** Indices of lines that hold it. */
const hitsIn = (lines: readonly Line[], needle: string): number[] =>
  lines.flatMap(({ text }, at) => (text.toLowerCase().includes(needle) ? [at] : []));

function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
