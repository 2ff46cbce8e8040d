import type { JudgedDifference } from '../../journal/difference.js';
import type { RunState } from '../../journal/state.js';
import { type DataResult, dataResults } from '../data.js';
import { lookedAt, sortDifferences, sumOf, tellDifference, together } from '../differences.js';
import { upgradeBegan } from '../queries.js';
import type { PageData, PageDifference } from './model.js';

/** Differences that all of a page's data tell at most; each of it has a share. */
const ROOM = 1500;
/** Files named of those that are told together. */
const FILES = 20;

/** What became of registered data, as the page tells it. */
export function pageData(state: RunState): PageData[] {
  if (!upgradeBegan(state)) return [];
  const results = dataResults(state);
  return results.map((result) => told(result, roomOf(results.length)));
}

/** What the upgraded system has otherwise than a fresh install. */
export const pageDrift = ({ drift }: RunState): PageData[] =>
  drift.map((compared) => told({ kind: 'compared', data: compared.data, compared }, roomOf(drift.length)));

const roomOf = (results: number): number => Math.max(3, Math.floor(ROOM / 5 / Math.max(1, results)));

function told(result: DataResult, most: number): PageData {
  if (result.kind !== 'compared') {
    return { name: result.data, step: result.step, looked: undefined, not: result.why, groups: [] };
  }
  const { step, differences } = result.compared;
  const sorted = sortDifferences(together(differences, FILES));
  const groups = (['worth', 'noted', 'expected', 'byItself', 'additions'] as const).flatMap((kind) => {
    const list = sorted[kind];
    if (list.length === 0) return [];
    const more = list.slice(most);
    const total = kind === 'additions' ? sumOf(list) : list.length;
    return [{ kind, count: total, differences: list.slice(0, most).map(pageDifference), more: more.length }];
  });
  return { name: result.data, step, looked: lookedAt(result.compared), not: undefined, groups };
}

function pageDifference(difference: JudgedDifference): PageDifference {
  const { ruling, examples } = difference;
  return {
    tone:
      ruling.kind === 'unexpected' ? ({ fail: 'bad', warn: 'warn', note: 'plain' } as const)[ruling.severity] : 'plain',
    text: tellDifference(difference),
    reason: ruling.kind === 'expected' ? ruling.reason : undefined,
    examples,
  };
}
