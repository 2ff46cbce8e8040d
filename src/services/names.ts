import { ServiceError } from './error.js';
import { serviceNames } from './record.js';

/** What a service or a port may be called: it becomes a file's name, and people type it. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,127}$/;

export function checkName(what: 'service' | 'port', name: string): void {
  if (NAME.test(name)) return;
  throw new ServiceError(
    'bad-name',
    `${JSON.stringify(name)} cannot be the name of a ${what}: use letters, digits and _ . @ + -, not starting with . @ + or -`,
  );
}

/** A name that `service_start` never heard in this run, with the one that was probably meant. */
export async function unknownService(runDir: string, name: string): Promise<ServiceError> {
  const known = serviceNames(runDir);
  let hint = known.length === 0 ? 'none was' : `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`;
  if (known.length > 0) {
    // Loaded only here, so that no hook pays for it.
    const { closest, distance } = await import('fastest-levenshtein');
    const near = closest(name, known);
    if (distance(name, near) <= Math.max(2, name.length / 3)) hint = `did you mean ${near}?`;
  }
  return new ServiceError('unknown-service', `No service ${name} was started in this run by service_start; ${hint}`);
}
