import { THEOREMS } from '../theory.js';
import { type Html, html, NOTHING } from './html.js';
import { linkTo } from './links.js';
import type { PageModel, PageTheory } from './model.js';

/** Exceptions that are shown of each verdict. */
const MOST = 50;

const MARKS = { holds: '✔', excepted: '▸', broken: '✘', 'not-shown': '–' } as const;
const WORDS = { holds: 'holds', excepted: 'excepted', broken: 'broken', 'not-shown': 'not shown' } as const;

/** How the upgrade stands to the Theory of Upgrade, with every exception, where it stands and why. */
export function theorySection({ theory }: PageModel): Html {
  if (theory.length === 0) return NOTHING;
  return html`<section class="theory" aria-labelledby="theory"><h2 id="theory">The theory of upgrade</h2>
  <ul class="differs">${theory.map(verdict)}</ul>
</section>`;
}

function verdict({ theorem, outcome, why, exceptions }: PageTheory): Html {
  const more = exceptions.length - MOST;
  const list = exceptions
    .slice(0, MOST)
    .map(
      ({ what, place, reason, silent, steps }) =>
        html`<li>${what}${place === '' ? NOTHING : html` <code>${place}</code>`}${steps.map(({ key, title }) => html` · <a href="${linkTo({ kind: 'step', id: key })}">${title}</a>`)} ${reason === undefined ? NOTHING : html`<span class="reason"${silent ? html` data-silent` : NOTHING}>${reason}</span>`}</li>`,
    );
  return html`<li data-outcome="${outcome}"><span class="mark" aria-hidden="true">${MARKS[outcome]}</span> <b>${THEOREMS[theorem]}</b>: ${WORDS[outcome]} <span class="reason">${why}</span>${
    list.length === 0
      ? NOTHING
      : html`<ul>${list}${more > 0 ? html`<li>and ${more} more, which <code>result.json</code> has</li>` : NOTHING}</ul>`
  }</li>`;
}
