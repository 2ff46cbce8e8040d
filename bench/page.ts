import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { foldRun } from '../src/journal/fold.js';
import { readJournal } from '../src/journal/journal.js';
import { writePage } from '../src/report/page/page.js';
import { tailOf } from '../src/report/tail.js';
import { CHROMIUM, launchBrowser } from '../test/e2e/browser.js';
import { writeGiantRun } from './giant.js';
import { median, type Row } from './measure.js';

/** The page of a run of 3,200 steps and 50 probes over three hours: how large, how long to make, how long to open. */
export async function page(rounds: number): Promise<Row[]> {
  const runDir = mkdtempSync(join(tmpdir(), 'grenade-bench-page-'));
  try {
    writeGiantRun(runDir);
    const began = performance.now();
    const events = [...readJournal(join(runDir, 'journal.ndjson'))];
    const state = foldRun(events);
    const path = writePage({ runDir, state, events, tail: tailOf(runDir), mask: (text) => text, now: 0, version: '0' });
    const made = performance.now() - began;
    const rows: Row[] = [
      {
        what: 'the page of 3,200 steps and 50 probes over three hours',
        value: statSync(path).size / 1e6,
        unit: 'MB',
        reach: 10,
        from: `made in ${(made / 1000).toFixed(1)} s`,
      },
    ];
    if (CHROMIUM === undefined) {
      console.log('NOT RUN: there is no Chromium here to open the page in (apt-get install chromium).');
      return rows;
    }
    const opened: number[] = [];
    const painted: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const browser = await launchBrowser();
      const tab = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await tab.goto(pathToFileURL(path).href);
      await tab.waitForFunction('document.documentElement.dataset.ready !== undefined');
      // The page says itself when the browser has put all of it on the screen.
      const times = await tab.evaluate<{ drawn: number; paint: number }>(
        `({ drawn: performance.getEntriesByName('drawn')[0].startTime,
            paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN })`,
      );
      opened.push(times.drawn);
      painted.push(times.paint);
      await browser.close();
    }
    const from = `verdict on the screen after ${median(painted).toFixed(0)} ms; median of ${rounds} new browsers`;
    return [
      ...rows,
      { what: 'from opening it until all of it is there', value: median(opened), unit: 'ms', reach: 1000, from },
    ];
  } finally {
    rmSync(runDir, { recursive: true, force: true });
  }
}
