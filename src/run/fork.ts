import { existsSync, lstatSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { linkAtomic, writeFileAtomic } from '../basics/files.js';
import type { Problem } from '../basics/problem.js';
import { listRuns } from './directory.js';

// What a run has to do with snapshots of its base, as a file of the run: later commands need it too.

const FILE = 'snapshot.json';
const key = v.string();
const ingredients = v.record(v.string(), v.string());

const fork = v.variant('state', [
  /** Whether there is one is not known yet; or none will be kept. */
  v.object({ state: v.literal('asked') }),
  /** It builds the base, and is to keep it. */
  v.object({ state: v.literal('builds'), key, ingredients }),
  /** It begins at one. */
  v.object({
    state: v.literal('begins'),
    key,
    /** Whether its data is an overlay on the snapshot's, which hooks and what they start see, and nobody else. */
    overlay: v.boolean(),
  }),
]);

export type Fork = v.InferOutput<typeof fork>;

export function writeFork(runDir: string, value: Fork): void {
  writeFileAtomic(join(runDir, FILE), `${JSON.stringify(value, undefined, 1)}\n`);
}

/** Undefined for a run that has nothing to do with snapshots. */
export function readFork(runDir: string): Fork | undefined {
  const path = join(runDir, FILE);
  return existsSync(path) ? v.parse(fork, JSON.parse(readFileSync(path, 'utf8'))) : undefined;
}

/** Where a run keeps what its overlay adds to the snapshot, below its directory. */
export const OVERLAY = 'overlay';

/** The runs that stand on a snapshot: their data is not whole without it. */
export const standOn = (dataRoot: string, snapshot: string): string[] =>
  listRuns(dataRoot)
    .filter((runDir) => existsSync(join(runDir, OVERLAY)) && keyIn(readFork(runDir)) === snapshot)
    .map((runDir) => basename(runDir));

const keyIn = (value: Fork | undefined): string | undefined =>
  value?.state === 'begins' && value.overlay ? value.key : undefined;

/**
 * What hooks know as the system's data. Where a base may be kept or restored it is the same path in every run, since
 * services write down where their files lie; a link there leads to the data of the run that is going on.
 */
export const dataDirectory = (runDir: string): string =>
  existsSync(join(runDir, FILE)) ? sharedData(runDir) : join(runDir, 'data');

/** Every path by which the data of the system that is upgraded is known: where it lies, and where hooks find it. */
export const dataNames = (runDir: string): readonly string[] => [
  ...new Set([join(runDir, 'data'), dataDirectory(runDir)]),
];

const sharedData = (runDir: string): string => sharedBelow(dirname(dirname(runDir)));
const sharedBelow = (dataRoot: string): string => join(dataRoot, 'data');

/** Why runs of this data root cannot share a path of their data; undefined when they can. */
export function refusedShare(dataRoot: string): Problem | undefined {
  const path = sharedBelow(dataRoot);
  if (isOurs(path) || lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  return {
    message: `${path} is there already, and is not of Grenade's making: a run with snapshots has its data at that path`,
    fix: 'Move it, or name another directory as `data-root` in grenade.yaml.',
  };
}

/** Removes that path, unless it is somebody else's. */
export function dropSharedData(dataRoot: string): void {
  const path = sharedBelow(dataRoot);
  if (isOurs(path)) rmSync(path);
}

/** Whether it is a link of ours: into the data of a run beside it. */
const isOurs = (path: string): boolean => /^runs\/[^/]+\/data$/.test(leadsTo(path) ?? '');

/** Lets that path lead to this run's data, in one step; returns what lets it lead where it did. */
export function shareData(runDir: string): () => void {
  const link = sharedData(runDir);
  const before = leadsTo(link);
  linkAtomic(link, join('runs', basename(runDir), 'data'));
  return () => {
    if (before === undefined) rmSync(link, { force: true });
    else linkAtomic(link, before);
  };
}

function leadsTo(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
