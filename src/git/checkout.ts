import { isAbsolute, normalize } from 'node:path';

/** A checkout that somebody asked for: of what, and where it shall lie. Nothing is fetched by saying so. */
export interface Checkout {
  /** What people call it; checked by `checkName`. */
  readonly name: string;
  /** Checked by `checkUrl`. */
  readonly url: string;
  /** A branch, a tag, a commit, or a whole ref such as `refs/changes/45/12345/6`; the remote's own choice when left out. */
  readonly ref?: string;
  /** Absolute path of its directory. */
  readonly dir: string;
  /** Where it is asked for. */
  readonly asked?: { readonly file: string; readonly line?: number; readonly column?: number };
}

/** Transports that only move data. Every other one, `ext::` first of all, is a program that the URL chooses. */
export const PROTOCOLS = ['file', 'git', 'http', 'https', 'ssh'] as const;

/** What is wrong with a name that becomes a directory's; undefined when nothing is. */
export function checkName(name: string): string | undefined {
  if (name === '') return 'it has no name';
  if (/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(name)) return undefined;
  return `${JSON.stringify(name)} cannot be the name of its directory: use letters, digits and . _ + -, and begin with a letter or a digit`;
}

/** What is wrong with a URL or path to clone from; undefined when nothing is. */
export function checkUrl(url: string): string | undefined {
  if (url === '') return 'it has no URL';
  if (url.startsWith('-')) return 'its URL begins with a dash, and git would take it for an option';
  if (hasControls(url)) return 'its URL holds control characters';
  if (/^[A-Za-z0-9][A-Za-z0-9+.-]*::/.test(url)) return `its URL lets a program speak for the other side, ${only}`;
  const scheme = /^([A-Za-z0-9+.-]+):\/\//.exec(url)?.[1]?.toLowerCase();
  if (scheme !== undefined && !PROTOCOLS.some((each) => each === scheme)) {
    return `its URL is ${scheme}://, ${only}`;
  }
  const host = scheme === undefined ? scpHost(url) : /^[^/]*\/\/(?:[^/]*@)?([^/]*)/.exec(url)?.[1];
  if (host?.startsWith('-')) return 'the host in its URL begins with a dash, and ssh would take it for an option';
  return undefined;
}

const only = `and only ${PROTOCOLS.slice(0, -1).join(', ')} and ${PROTOCOLS.at(-1)} are taken`;

/** The host of `user@host:path`, which git takes for ssh unless a slash comes before the colon. */
function scpHost(url: string): string | undefined {
  return /^(?:[^/:@]*@)?([^/:]*):/.exec(url)?.[1];
}

/** What is wrong with a ref, by git's own rules for names; undefined when nothing is. */
export function checkRef(ref: string): string | undefined {
  if (ref.startsWith('-')) return 'its ref begins with a dash, and git would take it for an option';
  const bad =
    ref === '' ||
    hasControls(ref) ||
    /[ ~^:?*[\\]|\.\.|@\{|\/\/|^[/.+]|\/\.|[/.]$|\.lock(\/|$)/.test(ref) ||
    ref === '@';
  return bad ? `${JSON.stringify(ref)} is no name of a branch, a tag or a ref` : undefined;
}

/** What is wrong with a path that has to stay inside a checkout; undefined when nothing is. */
export function checkInside(path: string): string | undefined {
  if (path === '') return 'its path is empty';
  if (isAbsolute(path) || normalize(path).split('/').includes('..'))
    return `its path ${path} leads out of the checkout`;
  return path.includes('\0') ? 'its path holds a NUL byte' : undefined;
}

/** A URL for people: what stands before the host of a web address may be a password or a token. */
export function shownUrl(url: string): string {
  return url.replace(/^(https?:\/\/)[^/@]*@/i, '$1***@').replace(/^([a-z+]+:\/\/[^/:@]*):[^/@]*@/i, '$1:***@');
}

function hasControls(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u001f\u007f]/.test(text);
}
