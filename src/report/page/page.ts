import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeFileAtomic } from '../../basics/files.js';
import { parsePlanJson } from '../../plan/json.js';
import type { Plan } from '../../plan/plan.js';
import { excerptsOf } from './excerpts.js';
import { firstScreen, lastSection } from './first-screen.js';
import { Html, html } from './html.js';
import type { PageModel } from './model.js';
import { pageModel, type Told, wantedLogs } from './model-of.js';

/** A run's page as one file: it opens offline, needs no server, and runs no script but its own. */
export const PAGE = 'report.html';

/** Makes a run's page from its directory and returns its path. */
export function writePage(told: Omit<Told, 'plan'>): string {
  const path = join(told.runDir, PAGE);
  const given = { ...told, plan: planOf(told.runDir) };
  const { logs, blocks } = excerptsOf(told.runDir, wantedLogs(given), told.mask);
  writeFileAtomic(path, pageHtml(pageModel(given, logs), blocks, assets()));
  return path;
}

function planOf(runDir: string): Plan | undefined {
  const path = join(runDir, 'plan.json');
  if (!existsSync(path)) return undefined;
  const plan = parsePlanJson(readFileSync(path, 'utf8'));
  return plan.ok ? plan.value : undefined;
}

/** What is the same in every page. */
export interface Assets {
  readonly script: string;
  readonly style: string;
}

/** Built from `web/` beside the program. */
function assets(): Assets {
  const read = (name: string): string => {
    for (const up of ['page/', '../../../dist/page/']) {
      const url = new URL(`${up}${name}`, import.meta.url);
      if (existsSync(url)) return readFileSync(url, 'utf8');
    }
    throw new Error(`dist/page/${name} is missing: build Grenade again`);
  };
  return { script: read('page.js'), style: read('page.css') };
}

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * The text of the page. Text of the run is in it twice over: escaped, on the first screen, and as compressed base64, which
 * no markup can break out of. Nothing but our own script and style, known by their hashes, has any effect. The logs stand
 * last, so that nobody waits for them who does not open one.
 */
export function pageHtml(model: PageModel, blocks: readonly Uint8Array[], { script, style }: Assets): string {
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
  const title = `${model.sentence.mark} ${model.sentence.text}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="grenade ${model.version}">
<title>${title}</title>
<link rel="icon" href="${icon(model)}">
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#timeline">To the timeline</a>
<header class="brand"><b>grenade</b> <span>the record of a run</span></header>
<main>
${firstScreen(model)}
<div id="app"><noscript><p class="quiet">The timeline, all steps and their logs are here too, and need JavaScript.</p></noscript></div>
${lastSection(model)}
</main>
<footer class="quiet">Made by Grenade ${model.version} from the journal and the logs of run ${model.run}. Secrets are masked.</footer>
<template id="model">${base64(gzipSync(JSON.stringify(model)))}</template>
<script>${new Html(script)}</script>
${blocks.map((block, at) => html`<template id="logs-${at}">${base64(block)}</template>\n`)}</body>
</html>
`;
  return page.text;
}

const base64 = (bytes: Uint8Array): Html => new Html(Buffer.from(bytes).toString('base64'));

/** A dot in the colour of the verdict, for a row of tabs. */
function icon({ sentence }: PageModel): string {
  const colour = { good: '#1f7a4d', bad: '#c4302b', doubtful: '#9a6700' }[sentence.tone];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${colour}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
