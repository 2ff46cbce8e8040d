import { readFileSync } from 'node:fs';
import type { SslOptions } from 'mysql2';
import { err, ok, type Result } from '../basics/result.js';
import { SourceError } from './reader.js';

/** Whether a connection is encrypted and whom it trusts, by the names and meanings of MySQL's own clients. */
export interface MysqlTls {
  readonly mode: Mode;
  /** Paths of PEM files: who signs for the server, and what we show it. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const MODES = ['DISABLED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;
type Mode = (typeof MODES)[number];

/** Reads `?ssl-mode=…&ssl-ca=…` of a URL; or says what is wrong with it, in one sentence. */
export function readMysqlTls({ searchParams }: URL): Result<MysqlTls, string> {
  for (const name of searchParams.keys()) {
    if (/^(?:ssl|tls)/i.test(name) && !KNOWN.includes(name)) {
      return err(`${name} is nothing a mysql:// URL has: it can have ${KNOWN.join(', ')}`);
    }
  }
  const [ca, cert, key] = ['ssl-ca', 'ssl-cert', 'ssl-key'].map((name) => searchParams.get(name) ?? undefined);
  const said = searchParams.get('ssl-mode') ?? (ca === undefined ? 'DISABLED' : 'VERIFY_CA');
  const mode = MODES.find((each) => each === said.toUpperCase());
  if (mode === undefined) return err(`ssl-mode is ${MODES.join(', ')}, and not ${said}`);
  if (mode === 'VERIFY_CA' && ca === undefined) return err('ssl-mode=VERIFY_CA goes with ssl-ca=PATH, a file of PEM');
  if ((cert === undefined) !== (key === undefined)) return err('ssl-cert and ssl-key go together');
  return ok({
    mode,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  });
}

const KNOWN = ['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key'];

/** What the client library takes; undefined for a connection in the clear. */
export function sslOptions(url: URL): SslOptions | undefined {
  const { mode, ca, cert, key } = tlsOf(url);
  if (mode === 'DISABLED') return undefined;
  const file = (path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw new SourceError(`MySQL: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return {
    rejectUnauthorized: mode !== 'REQUIRED',
    verifyIdentity: mode === 'VERIFY_IDENTITY',
    ...(ca === undefined ? {} : { ca: file(ca) }),
    ...(cert === undefined || key === undefined ? {} : { cert: file(cert), key: file(key) }),
  };
}

/** The same as arguments of `mysqldump`, whichever family's: what one of them does not know, it passes over. */
export function dumpArguments(url: URL): readonly string[] {
  const { mode, ca, cert, key } = tlsOf(url);
  if (mode === 'DISABLED') return [];
  return [
    `--loose-ssl-mode=${mode}`,
    '--loose-ssl',
    ...(mode === 'VERIFY_IDENTITY' ? ['--loose-ssl-verify-server-cert'] : []),
    ...(ca === undefined ? [] : [`--ssl-ca=${ca}`]),
    ...(cert === undefined || key === undefined ? [] : [`--ssl-cert=${cert}`, `--ssl-key=${key}`]),
  ];
}

function tlsOf(url: URL): MysqlTls {
  const read = readMysqlTls(url);
  if (!read.ok) throw new SourceError(`MySQL: ${read.error}`);
  return read.value;
}
