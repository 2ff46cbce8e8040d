import { listProcesses } from '../../src/process/identity.js';

/** What lives of a process group. */
export const inGroup = (group: number) => listProcesses().filter((stat) => stat.group === group);
