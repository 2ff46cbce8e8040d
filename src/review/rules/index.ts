import type { Rule } from '../rule.js';
import { cannotFail } from './cannot-fail.js';
import { checksNothing } from './checks-nothing.js';
import { databaseName } from './database-name.js';
import { emptyUpgrade } from './empty-upgrade.js';
import { endlessWait } from './endless-wait.js';
import { evalHidesFailure } from './eval-hides-failure.js';
import { exceptionNeverCalled, exceptionWithoutReason } from './exceptions.js';
import { listProvesNothing } from './list-proves-nothing.js';
import { misspeltLine } from './misspelt-line.js';
import { noapiAsksApi } from './noapi-asks-api.js';
import { notDestroyed } from './not-destroyed.js';
import { REFUSED } from './refused.js';
import { readNeverSaved, savedNeverRead } from './saved-and-read.js';
import { shutdownNotEnsured } from './shutdown-not-ensured.js';
import { startNotEnsured } from './start-not-ensured.js';

/** Everything that is looked for. */
export const RULES: readonly Rule[] = [
  ...REFUSED,
  emptyUpgrade,
  checksNothing,
  listProvesNothing,
  evalHidesFailure,
  noapiAsksApi,
  cannotFail,
  shutdownNotEnsured,
  startNotEnsured,
  endlessWait,
  notDestroyed,
  savedNeverRead,
  readNeverSaved,
  misspeltLine,
  databaseName,
  exceptionNeverCalled,
  exceptionWithoutReason,
];
