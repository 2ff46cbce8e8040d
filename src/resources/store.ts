import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { codeOf } from '../basics/fault.js';
import { err, ok, type Result } from '../basics/result.js';

/** Why a value could not be kept or found: a sentence. */
export type StoreError = { readonly kind: 'bad-name' | 'missing' | 'not-kept'; readonly message: string };

/**
 * What `resource_save` keeps: one file a value, `resources/PROJECT/KEY`, exact bytes. Names are any text; bytes that
 * a file's name should not hold are written `%XX`. `shell/functions` does the same.
 */
export function saveResource(
  runDir: string,
  project: string,
  key: string,
  value: string | Uint8Array,
): Result<string, StoreError> {
  const path = pathOf(runDir, project, key);
  if (!path.ok) return path;
  const directory = join(resolve(runDir), 'resources', encodeName(project));
  // '#' stands in no encoded name: nobody takes a value that is being written for another key's.
  const beside = join(directory, `#${process.pid}.${counter++}`);
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(beside, value);
    renameSync(beside, path.value);
  } catch (error) {
    rmSync(beside, { force: true });
    return err({ kind: 'not-kept', message: `${describe(project, key)} could not be kept: ${reason(error)}` });
  }
  return path;
}

let counter = 0;

export function readResource(runDir: string, project: string, key: string): Result<Buffer, StoreError> {
  const path = pathOf(runDir, project, key);
  if (!path.ok) return path;
  try {
    return ok(readFileSync(path.value));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') {
      return err({ kind: 'missing', message: `${describe(project, key)} cannot be read: ${reason(error)}` });
    }
    return err({ kind: 'missing', message: `${describe(project, key)} was not saved in this run` });
  }
}

/** Everything that is kept. */
export function listResources(runDir: string): { readonly project: string; readonly key: string }[] {
  const all = join(resolve(runDir), 'resources');
  return readdirSync(all).flatMap((project) =>
    readdirSync(join(all, project))
      .filter((key) => !key.startsWith('#'))
      .map((key) => ({ project: decodeName(project), key: decodeName(key) })),
  );
}

function pathOf(runDir: string, project: string, key: string): Result<string, StoreError> {
  if (project === '') return err({ kind: 'bad-name', message: 'A resource needs a project, or some other namespace' });
  if (key === '') return err({ kind: 'bad-name', message: `A resource of ${project} needs a key` });
  return ok(join(resolve(runDir), 'resources', encodeName(project), encodeName(key)));
}

/** A namespace or key as a file's name. */
export function encodeName(name: string): string {
  if (name === '.') return '%2E';
  if (name === '..') return '%2E%2E';
  let encoded = '';
  for (const byte of Buffer.from(name)) {
    const letter = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9_.-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

function decodeName(name: string): string {
  const bytes = name.replace(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

const describe = (project: string, key: string): string => `Resource ${JSON.stringify(key)} of ${project}`;
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
