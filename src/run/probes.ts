import { unreachable } from '../basics/unreachable.js';
import type { ProbeRecord } from '../journal/probe.js';
import { fill, type ProbeTarget, portsIn, splitAddress } from '../probes/definition.js';
import type { Job } from '../probes/sampling.js';
import { freePort } from '../services/ports.js';
import type { RegisteredProbe } from '../workspace/workspace.js';

/** A probe in which every port is known. */
export interface ResolvedProbe {
  readonly record: ProbeRecord;
  readonly target: Job['target'];
}

/** Fills in the ports that probes name: those that `free_port` gives to hooks of this run. */
export async function resolveProbes(probes: readonly RegisteredProbe[], runDir: string): Promise<ResolvedProbe[]> {
  const ports = new Map<string, number>();
  for (const name of probes.flatMap(({ target }) => wordsOf(target).flatMap(portsIn))) {
    if (!ports.has(name)) ports.set(name, await freePort(runDir, name));
  }
  const filled = (text: string): string => fill(text, (name) => ports.get(name) ?? 0);
  return probes.map(({ at, dir, target, ...rest }) => {
    const words = wordsOf(target).map(filled);
    return {
      record: { ...rest, kind: target.kind, target: words.join(' ') },
      target: resolve(target, words, dir, rest.project),
    };
  });
}

function wordsOf(target: ProbeTarget): readonly string[] {
  switch (target.kind) {
    case 'http':
      return [target.url];
    case 'tcp':
      return [target.address];
    case 'exec':
      return target.command;
    default:
      return unreachable(target);
  }
}

function resolve(
  { kind }: ProbeTarget,
  [first = '', ...more]: readonly string[],
  dir: string,
  project: string | undefined,
): Job['target'] {
  switch (kind) {
    case 'http':
      return { kind, url: first };
    case 'tcp': {
      const address = splitAddress(first);
      if (address === undefined) throw new Error(`Internal error: ${first} is no address`);
      return { kind, ...address };
    }
    case 'exec':
      return {
        kind,
        command: [first, ...more],
        cwd: dir,
        env: project === undefined ? {} : { PROJECT: project, PROJECT_DIR: dir },
      };
    default:
      return unreachable(kind);
  }
}
