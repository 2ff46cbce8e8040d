import { formatDuration } from '../../basics/duration.js';
import { scenarioTitle } from '../names.js';
import { clock, count } from '../text.js';
import { elapsedAt, formatMoment } from './elapsed.js';
import { type Html, html, NOTHING } from './html.js';
import { linkTo } from './links.js';
import type { Moment, PageEvidence, PageFailure, PageModel, PageProbe, PageProject } from './model.js';
import { stateSection } from './state-section.js';
import { theorySection } from './theory-section.js';

/** Failing steps told whole; of more only a line. */
const WHOLE = 5;

/** Weaknesses that stand open; of more, the rest is folded. */
const OPEN = 4;

/** What can be read at once and with no script: the verdict, why, and how it came to that. */
export function firstScreen(model: PageModel): Html {
  const { sentence } = model;
  return html`<header class="verdict" data-tone="${sentence.tone}">
  ${facts(model)}
  <h1><span class="mark" aria-hidden="true">${sentence.mark}</span> <span>${sentence.text}</span></h1>
  ${weaknesses(model)}
</header>
<div class="why">
  ${broke(model) ? whatBroke(model) : projects(model)}
  ${aside(model)}
</div>
${stateSection(model)}
${theorySection(model)}
${began(model)}`;
}

/** Whether something of the system failed, in a step or beside the steps. */
const broke = ({ failures, probes, evidence }: PageModel): boolean =>
  failures.length > 0 || probes.some(({ over }) => over) || evidence.some(({ fails }) => fails);

function facts({ releases, scenario, projects, steps, durationMs, parts, run }: PageModel): Html {
  const way =
    releases === undefined
      ? NOTHING
      : html`<span class="way"><b class="base">${releases.base}</b> <span aria-label="to">→</span> <b class="target">${releases.target}</b></span>`;
  const began = parts[0]?.from;
  const when =
    began === undefined ? NOTHING : html`<time datetime="${new Date(began).toISOString()}">${day(began)}</time>`;
  return html`<p class="facts">${way}<span>${scenarioTitle(scenario)}</span><span>${count(projects.length, 'project')}</span
  ><span>${count(steps.length, 'step')}</span><span>${formatDuration(durationMs)}</span>${when}<span class="run">${run}</span></p>`;
}

/** Local time of where the run was, as in its name: `23 November 2026, 13:02`. */
function day(at: number): string {
  const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' }).format(at);
  return `${date}, ${clock(at).slice(0, 5)}`;
}

function weaknesses({ weaknesses: all }: PageModel): Html {
  if (all.length === 0) return NOTHING;
  const names = { caveat: 'caveat', exception: 'exception', warning: 'warning' } as const;
  const items = all.map(({ kind, text }) => html`<li><span class="tag">${names[kind]}</span> ${text}</li>`);
  const more = items.slice(OPEN);
  return html`<ul class="weak" aria-label="What weakens the verdict">${items.slice(0, OPEN)}</ul>
  ${more.length === 0 ? NOTHING : html`<details class="weak"><summary>${more.length} more</summary><ul>${more}</ul></details>`}`;
}

function whatBroke({ failures, probes, evidence }: PageModel): Html {
  const rest = failures.slice(WHOLE);
  return html`<section aria-labelledby="broke">
  <h2 id="broke">${failures.length > 1 ? `${failures.length} steps failed` : 'What broke'}</h2>
  ${failures.slice(0, WHOLE).map(failure)}
  ${probes
    .filter(({ over }) => over)
    .slice(0, WHOLE)
    .map(away)}
  ${evidence
    .filter(({ fails }) => fails)
    .slice(0, WHOLE)
    .map(printed)}
  ${rest.length === 0 ? NOTHING : html`<ul class="more">${rest.map((each) => html`<li><a href="${linkTo({ kind: 'step', id: each.step })}">${each.title}</a> ${each.short} after ${formatDuration(each.ms)}</li>`)}</ul>`}
</section>`;
}

function failure(failed: PageFailure): Html {
  const { step, title, short, ms, place, summaries, command, words, notes } = failed;
  const said = [...summaries.map((line) => `· ${line}`), ...words];
  return html`<article class="failure">
    <h3><a href="${linkTo({ kind: 'step', id: step })}">${title}</a></h3>
    <p class="how"><b>${short}</b> after ${formatDuration(ms)}${place === undefined ? '' : html` · <code>${place}</code>`}</p>
    ${command.length === 0 ? NOTHING : html`<pre class="command">${command.join('\n')}</pre>`}
    ${said.length === 0 ? NOTHING : html`<pre class="words">${said.join('\n')}</pre>`}
    ${notes.map((note) => html`<p class="note">${note}</p>`)}
  </article>`;
}

/** A probe that exceeded its budget. */
function away({ name, what, budgetMs = 0, down = '', outages }: PageProbe): Html {
  const [worst] = [...outages].sort((a, b) => b.to - b.from - (a.to - a.from));
  return html`<article class="failure">
    <h3>${worst === undefined ? name : html`<a href="${linkTo({ kind: 'outage', id: worst.id })}">${name} did not answer</a>`}</h3>
    <p class="how"><b>${down} down</b>, with a budget of ${formatDuration(budgetMs)} · <code>${what}</code></p>
    <ul>${outages.slice(0, WHOLE).map((outage) => html`<li><a href="${linkTo({ kind: 'outage', id: outage.id })}">${outage.length}</a>, ${outage.fell}: ${outage.causes}</li>`)}</ul>
  </article>`;
}

/** What a service began to print. */
function printed({ service, kind, count: times, place, text, fails }: PageEvidence): Html {
  return html`<article class="${fails ? 'failure' : 'failure mild'}">
    <h3><a href="${linkTo({ kind: 'service', id: service })}">${service} began to print ${kind === 'traceback' ? 'a traceback' : kind === 'error' ? 'an error' : 'a deprecation'}</a></h3>
    <p class="how">${times === 1 ? 'once' : `${times} times`} since the upgrade, and never before it · <code>${place}</code></p>
    <pre class="words">${text}</pre>
  </article>`;
}

/** What services began to print and that fails nothing: worth a look, and folded away. */
function began({ evidence }: PageModel): Html {
  const mild = evidence.filter(({ fails }) => !fails);
  if (mild.length === 0) return NOTHING;
  return html`<section class="began" aria-labelledby="began"><h2 id="began">What services print since the upgrade, and never before</h2>
  ${mild.map((group) => html`<details><summary><b>${group.service}</b> ${group.kind}${group.count === 1 ? NOTHING : html`, ${group.count} times`} <code>${group.gist}</code></summary>${printed(group)}</details>`)}
</section>`;
}

function projects({ projects: all }: PageModel): Html {
  if (all.length === 0) return NOTHING;
  return html`<section aria-labelledby="proven">
  <h2 id="proven">What the run proves</h2>
  <div class="scroll" role="region" aria-labelledby="proven" tabindex="0"><table class="proof">
    <thead><tr><th scope="col">project</th><th scope="col">release</th><th scope="col">is it really that?</th><th scope="col">what it kept</th></tr></thead>
    <tbody>${all.map(proof)}</tbody>
  </table></div>
</section>`;
}

function proof({ name, releases, proven, checks }: PageProject): Html {
  return html`<tr><th scope="row">${name}</th><td class="num">${releases}</td><td data-is="${proven}">${proven}</td><td>${checks}</td></tr>`;
}

/** How it came to that, and where everything stood. */
function aside({ story, standing, parts, sentence }: PageModel): Html {
  if (story.length === 0 && standing.length === 0) return NOTHING;
  const moments = story.map((each) => moment(each, parts));
  return html`<aside aria-label="The story of the run">
  ${story.length === 0 ? NOTHING : html`<h2 id="story">How it came to that</h2>\n  <ol class="story" aria-labelledby="story">${moments}</ol>`}
  ${standing.length === 0 ? NOTHING : html`<h2>${sentence.tone === 'bad' ? 'Where everything stood' : 'In the end'}</h2><p>${standing.join(' ')}</p>`}
</aside>`;
}

function moment({ at, tone, source, text, first, shows }: Moment, parts: PageModel['parts']): Html {
  const said = shows === undefined ? html`${text}` : html`<a href="${linkTo(shows)}">${text}</a>`;
  const mark = tone === 'bad' ? '✘' : tone === 'good' ? '✔' : '·';
  return html`<li data-tone="${tone}"><span class="mark" aria-hidden="true">${mark}</span><span class="num at">${formatMoment(elapsedAt(at, parts))}</span
    ><span>${said}${first === true ? html` <span class="tag first">the first that went wrong</span>` : NOTHING} <small>${source}</small></span></li>`;
}

/** How to go on and how to run it again. */
export function lastSection({ commands, workspace, worlddump }: PageModel): Html {
  return html`<section class="again" aria-labelledby="again">
  <h2 id="again">Go on from here</h2>
  <p>In <code>${workspace}</code>, where the run was:</p>
  ${worlddump === undefined ? NOTHING : html`<p>How the machine looked then is written down in <code>${worlddump}</code>, in the run's directory.</p>`}
  <ul class="commands">${commands.map(({ what, command }) => html`<li><span>${what}</span><code>${command}</code></li>`)}</ul>
</section>`;
}
