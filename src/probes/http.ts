import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Ask, outcomeOf } from './ask.js';
import { ResponseReader } from './response.js';
import type { Outcome } from './track.js';

/** Asks a URL over a new connection each time. A status below 400 is up, as it is for `wait_for_http`. */
export function askHttp(url: URL): Ask {
  const request = requestFor(url, 'close');
  return (settle) => {
    const line = new Line(url);
    line.ask(
      request,
      (reader) => reader.status !== undefined,
      (outcome) => {
        line.close();
        settle(outcome);
      },
    );
    return () => line.close();
  };
}

/**
 * Asks a URL over a connection that is kept, as clients do that were there before the upgrade. When the server closed
 * it in order meanwhile, a new one takes its place; when it breaks while an answer is due, that is an outage.
 */
export function askKeptHttp(url: URL): Ask {
  const request = requestFor(url, 'keep-alive');
  let kept: Line | undefined;
  return (settle) => {
    const line = kept?.usable === true ? kept : new Line(url);
    kept = undefined;
    line.ask(
      request,
      (reader) => reader.done,
      (outcome, reader) => {
        if (reader.done && reader.keeps) kept = line;
        else line.close();
        settle(outcome);
      },
    );
    return () => line.close();
  };
}

interface Conversation {
  readonly reader: ResponseReader;
  /** Whether what was read is all that has to be known. */
  readonly enough: (reader: ResponseReader) => boolean;
  readonly settle: (outcome: Outcome, reader: ResponseReader) => void;
}

/** A connection, and the request that is on it. */
class Line {
  readonly #socket: Socket;
  #current: Conversation | undefined;

  constructor(url: URL) {
    this.#socket = open(url)
      .on('data', (chunk: Buffer) => this.#receive(chunk))
      .on('end', () => this.#end())
      .on('close', () => this.#end())
      .on('error', (error: Error) => this.#settle(outcomeOf(error)));
  }

  /** Whether nobody has closed it. */
  get usable(): boolean {
    return !this.#socket.destroyed;
  }

  ask(request: string, enough: Conversation['enough'], settle: Conversation['settle']): void {
    this.#current = { reader: new ResponseReader(), enough, settle };
    this.#socket.write(request);
  }

  close(): void {
    this.#current = undefined;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    // What nobody asked for is the end of a connection that anybody could use.
    if (this.#current === undefined) {
      this.close();
      return;
    }
    const { reader, enough } = this.#current;
    reader.push(chunk);
    if (reader.bad !== undefined) this.#settle({ kind: 'down', cause: reader.bad });
    else if (enough(reader)) this.#settle(byStatus(reader.status));
  }

  /** The end of the connection is the end of an answer that says none itself, and no answer before that. */
  #end(): void {
    const reader = this.#current?.reader;
    if (reader?.status !== undefined && !reader.keeps) this.#settle(byStatus(reader.status));
    else this.#settle({ kind: 'down', cause: 'it closed the connection without an answer' });
    this.#socket.destroy();
  }

  #settle(outcome: Outcome): void {
    const current = this.#current;
    this.#current = undefined;
    current?.settle(outcome, current.reader);
  }
}

function byStatus(status: number | undefined): Outcome {
  return status !== undefined && status < 400 ? { kind: 'up' } : { kind: 'down', cause: `status ${status}` };
}

function open(url: URL): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol === 'http:') return connectTcp({ host, port: Number(url.port || 80), noDelay: true });
  // Whether it is up is not the question whom it is trusted by.
  const named = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ host, port: Number(url.port || 443), rejectUnauthorized: false, ...named });
}

function requestFor(url: URL, connection: 'close' | 'keep-alive'): string {
  const user = [url.username, url.password].map(decodeURIComponent).join(':');
  return [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    'User-Agent: grenade-probe',
    'Accept: */*',
    ...(user === ':' ? [] : [`Authorization: Basic ${Buffer.from(user).toString('base64')}`]),
    `Connection: ${connection}`,
    '\r\n',
  ].join('\r\n');
}
