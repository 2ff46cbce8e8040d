import { count } from '../text.js';
import { type Html, html, NOTHING } from './html.js';
import { linkTo } from './links.js';
import type { PageData, PageDifference, PageModel } from './model.js';

/** Expected differences that stand open; of more only their number is seen at first. */
const OPEN = 8;

/** What became of registered data, source by source: what nobody expected is open, the rest can be unfolded. */
export function stateSection({ data, missed, drift, beside }: PageModel): Html {
  if (data.length === 0 && missed.length === 0 && drift.length === 0) return NOTHING;
  return html`<section class="state" aria-labelledby="state"><h2 id="state">State, before the upgrade and after it</h2>
  ${data.map((each) => source(each, 'addition'))}
  ${drift.length === 0 ? NOTHING : html`<h2>${beside}</h2>${drift.map((each) => source(each, 'harmless difference'))}`}
  ${missed.length === 0 ? NOTHING : html`<h3>Expected, and did not happen</h3><ul class="differs">${missed.map(({ what, reason }) => html`<li data-tone="warn"><span class="mark" aria-hidden="true">▸</span> <code>${what}</code> <span class="reason">${reason}</span></li>`)}</ul>`}
</section>`;
}

function source({ name, step, looked, not, groups }: PageData, addition: string): Html {
  const how =
    step === undefined
      ? NOTHING
      : html` · <a href="${linkTo({ kind: 'step', id: step })}">${not === undefined ? 'compared' : 'tried'}</a>`;
  const what = not === undefined ? html`${looked ?? ''}` : html`<b class="warn">not compared</b>: ${not}`;
  return html`<article>
    <h3>${name} <small>${what}${how}</small></h3>
    ${groups.map((each) => group(each, addition))}
  </article>`;
}

function group({ kind, count: total, differences, more }: PageData['groups'][number], addition: string): Html {
  const list = html`<ul class="differs">${differences.map(difference)}${more === 0 ? NOTHING : html`<li>and ${more} more, which the journal and <code>result.json</code> have</li>`}</ul>`;
  switch (kind) {
    case 'worth':
    case 'noted':
      return list;
    case 'expected':
      return folded(html`${count(total, 'difference')} expected, and why`, list, differences.length <= OPEN);
    case 'byItself':
      return folded(html`${count(total, 'difference')} by itself, as after a restart of the base`, list, false);
    case 'additions':
      return folded(html`${count(total, addition)}`, list, false);
  }
}

const folded = (summary: Html, list: Html, open: boolean): Html =>
  open
    ? html`<details open><summary>${summary}</summary>${list}</details>`
    : html`<details><summary>${summary}</summary>${list}</details>`;

const MARKS = { bad: '✘', warn: '▸', plain: '·' } as const;

function difference({ tone, text, reason, examples }: PageDifference): Html {
  const held = {
    bad: html` <span class="tag first">fails the run</span>`,
    warn: html` <span class="tag">warning</span>`,
    plain: NOTHING,
  };
  return html`<li data-tone="${tone}"><span class="mark" aria-hidden="true">${MARKS[tone]}</span> ${text}${held[tone]}${reason === undefined ? NOTHING : html` <span class="reason">${reason}</span>`}${
    examples.length === 0 ? NOTHING : html`<pre class="words">${examples.join('\n')}</pre>`
  }</li>`;
}
