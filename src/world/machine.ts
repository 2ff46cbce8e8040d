import { statfs } from 'node:fs/promises';
import { arch, cpus, release, totalmem, version } from 'node:os';
import type { Names } from './names.js';
import { megabytes, systemFile, table } from './text.js';

/** What the run was on. */
export function machine(names: Names): string {
  const distribution = /^PRETTY_NAME="?(.*?)"?$/m.exec(systemFile('/etc/os-release') ?? '')?.[1] ?? 'unknown';
  const processors = cpus();
  const limits = (systemFile('/proc/self/limits') ?? '')
    .split('\n')
    .filter((line) => /^Max (?:open|proc|locked)/.test(line));
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [
    `node          ${process.version}, openssl ${process.versions.openssl}`,
    `kernel        ${release()}, ${arch()}`,
    `              ${version()}`,
    `distribution  ${distribution}`,
    `processors    ${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
    `memory        ${megabytes(totalmem())}`,
    `language      ${process.env.LC_ALL ?? process.env.LANG ?? 'none'}, time zone ${zone}`,
    `path          ${names.in(process.env.PATH ?? '')}`,
    '',
    ...limits.map((line) => line.replace(/\s{2,}/g, '  ').trimEnd()),
    '',
    'ports of this run',
    ...names.legend().map((line) => `  ${line}`),
  ].join('\n');
}

/** What is mounted, by the place. */
export function mounts(names: Names): string {
  const rows = (systemFile('/proc/self/mountinfo') ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [before = '', after = ''] = line.split(' - ');
      const [, , , , place = '', options = ''] = before.split(' ');
      const [type = '', source = ''] = after.split(' ');
      return [place, type, source, options].map((cell) => names.in(cell));
    })
    .sort((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1));
  return table(['PLACE', 'TYPE', 'SOURCE', 'OPTIONS'], rows);
}

/** A file system of the network that is gone answers nobody. */
const ANSWER_MS = 1000;

/** How full the places are that a run writes to. */
export async function disk(places: readonly string[], names: Names): Promise<string> {
  const rows = await Promise.all(
    [...new Set(places)].map(async (place) => {
      const silent = new Promise<undefined>((resolve) => {
        setTimeout(() => resolve(undefined), ANSWER_MS).unref();
      });
      const found = await Promise.race([statfs(place).catch(() => undefined), silent]);
      if (found === undefined) return [names.in(place), 'no answer', '', '', ''];
      const { blocks, bavail, bsize, files, ffree } = found;
      const used = blocks === 0 ? 0 : Math.round((1 - bavail / blocks) * 100);
      return [
        names.in(place),
        megabytes(blocks * bsize),
        megabytes(bavail * bsize),
        `${used} %`,
        `${ffree} of ${files}`,
      ];
    }),
  );
  return table(['PLACE', 'SIZE', 'FREE', 'USED', 'INODES FREE'], rows);
}

const MEMORY = [
  '/proc/loadavg',
  '/proc/pressure/cpu',
  '/proc/pressure/memory',
  '/proc/pressure/io',
  '/sys/fs/cgroup/memory.max',
  '/sys/fs/cgroup/memory.current',
  '/sys/fs/cgroup/memory.events',
  '/sys/fs/cgroup/memory/memory.limit_in_bytes',
  '/sys/fs/cgroup/memory/memory.usage_in_bytes',
  '/proc/meminfo',
];

/** How much memory there is and how busy the machine was, in the kernel's own words. */
export const memory = (): string =>
  MEMORY.flatMap((path) => {
    const text = systemFile(path);
    return text === undefined ? [] : [`${path}\n${text.trimEnd().replace(/^/gm, '  ')}`];
  }).join('\n');
