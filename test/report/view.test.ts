import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { RunFold } from '../../src/journal/fold.js';
import { PLAIN, styleFor } from '../../src/report/style.js';
import { makeView, type Screen, type ViewKind, viewKind } from '../../src/report/terminal/view.js';
import { Story } from './story.js';

/** A terminal of 80 columns that remembers what was written to it. */
function terminal(isTTY = true): { readonly screen: Screen; readonly written: () => string } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { screen: Object.assign(stream, { isTTY, columns: 80, rows: 40 }), written: () => text };
}

async function watch(kind: ViewKind, patience: number): Promise<string> {
  const { screen, written } = terminal();
  const view = makeView(kind, { stream: screen, style: PLAIN, clean: (text) => text, runDir: '.grenade/runs/1' });
  const fold = new RunFold();
  for (const event of new Story().toTheEnd().end('passed').events) {
    fold.apply(event);
    view.event(event, fold);
  }
  await wait(patience);
  view.close();
  return written();
}

describe('a view', () => {
  test('live: one header, and the last rows stay', async () => {
    const text = await watch('live', 500);
    expect(text.split('grenade  spring → autumn').length).toBe(2);
    expect(text).toContain('take down 1/1');
    expect(text.trimEnd().split('\n').at(-1)).not.toContain('left');
  });

  test('live: a run that is over before the view could draw shows its rows all the same', async () => {
    expect(await watch('live', 0)).toContain('take down 1/1');
  });

  test('plain: the header, then a line a step', async () => {
    const lines = (await watch('plain', 0)).trimEnd().split('\n');
    expect(lines[0]).toContain('3 projects · 40 steps');
    expect(lines.slice(3).length).toBe(40);
  });

  test('quiet: nothing', async () => {
    expect(await watch('quiet', 0)).toBe('');
  });

  test('is live only where somebody can watch', () => {
    const { screen } = terminal();
    const pipe = terminal(false).screen;
    expect(viewKind(screen, {}, { quiet: false })).toBe('live');
    expect(viewKind(screen, { CI: 'true' }, { quiet: false })).toBe('plain');
    expect(viewKind(screen, { TERM: 'dumb' }, { quiet: false })).toBe('plain');
    expect(viewKind(pipe, {}, { quiet: false })).toBe('plain');
    expect(viewKind(screen, {}, { quiet: true })).toBe('quiet');
  });

  test('has colour only on a terminal, unless told otherwise', () => {
    const red = (stream: { isTTY?: boolean }, env: Record<string, string>): boolean =>
      styleFor(stream, env).red('x') !== 'x';
    expect(red({ isTTY: true }, {})).toBe(true);
    expect(red({}, {})).toBe(false);
    expect(red({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(red({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(red({}, { FORCE_COLOR: '1' })).toBe(true);
    expect(red({ isTTY: true }, { FORCE_COLOR: '0' })).toBe(false);
  });
});
