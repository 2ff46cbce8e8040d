const CONNECTION = /\r\nconnection:[ \t]*([^\r]*)/i;
const LENGTH = /\r\ncontent-length:[ \t]*(\d+)[ \t]*(?:\r|$)/i;
const CHUNKED = /\r\ntransfer-encoding:[^\r]*chunked/i;

/** More than this before an empty line is no header of a service that is well. */
const LONGEST_HEADER = 64 * 1024;

/**
 * Reads one response of HTTP/1.x as far as a probe needs it: its status, and where it ends, so that the connection
 * can be used again. Node's own client does the same at several times the cost, and a thousand samples a second feel it.
 */
export class ResponseReader {
  /** Known once the header is read whole. */
  status: number | undefined;
  /** Whether the header is followed by nothing more of this response. */
  done = false;
  /** Whether the server keeps the connection, and says where the response ends. */
  keeps = false;
  /** What makes this no HTTP. */
  bad: string | undefined;
  #text = '';
  #body: 'length' | 'chunk-size' | 'chunk' | 'trailer' | 'to-the-end' = 'to-the-end';
  #left = 0;

  /** Takes in what was received; nothing after the end of the response counts. */
  push(chunk: Buffer): void {
    if (this.bad !== undefined || this.done) return;
    if (this.status === undefined) {
      const before = this.#text.length;
      // One character a byte: lengths stay what they are.
      this.#text += chunk.toString('latin1');
      const rest = this.#header();
      if (rest !== undefined) this.#take(chunk.subarray(rest - before));
    } else {
      this.#take(chunk);
    }
  }

  /** Where the body begins in the text so far, once the header is whole. */
  #header(): number | undefined {
    let from = 0;
    for (;;) {
      const end = this.#text.indexOf('\r\n\r\n', from);
      if (end === -1) {
        const short = this.#text.slice(from, from + 5);
        if (!'HTTP/'.startsWith(short) && short !== 'HTTP/') this.bad = 'it does not speak HTTP';
        else if (this.#text.length - from > LONGEST_HEADER) this.bad = 'its header does not end';
        return undefined;
      }
      const header = this.#text.slice(from, end);
      const [, minor, digits] = /^HTTP\/1\.([01]) (\d{3})/.exec(header) ?? [];
      if (digits === undefined) {
        this.bad = 'it does not speak HTTP';
        return undefined;
      }
      from = end + 4;
      const status = Number(digits);
      // Only says that the answer is still to come.
      if (status >= 100 && status < 200) continue;
      this.#read(header, minor === '1', status);
      return from;
    }
  }

  #read(header: string, persistent: boolean, status: number): void {
    this.status = status;
    const connection = CONNECTION.exec(header)?.[1]?.toLowerCase() ?? '';
    this.keeps = persistent ? !connection.includes('close') : connection.includes('keep-alive');
    const length = LENGTH.exec(header)?.[1];
    if (status === 204 || status === 304) this.done = true;
    else if (CHUNKED.test(header)) this.#body = 'chunk-size';
    else if (length !== undefined) {
      this.#body = 'length';
      this.#left = Number(length);
      this.done = this.#left === 0;
    } else {
      this.keeps = false;
    }
    this.#text = '';
  }

  #take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.done && this.bad === undefined) {
      switch (this.#body) {
        case 'to-the-end':
          return;
        case 'length':
        case 'chunk': {
          const taken = Math.min(this.#left, chunk.length - at);
          at += taken;
          this.#left -= taken;
          if (this.#left === 0) {
            if (this.#body === 'length') this.done = true;
            else this.#body = 'chunk-size';
          }
          break;
        }
        case 'chunk-size':
        case 'trailer': {
          const end = chunk.indexOf(0x0a, at);
          this.#text += chunk.toString('latin1', at, end === -1 ? chunk.length : end + 1);
          at = end === -1 ? chunk.length : end + 1;
          if (end !== -1) this.#line();
          else if (this.#text.length > LONGEST_HEADER) this.bad = 'a line of its answer does not end';
          break;
        }
      }
    }
  }

  /** A whole line between chunks. */
  #line(): void {
    const line = this.#text.trimEnd();
    this.#text = '';
    if (this.#body === 'trailer') {
      this.done = line === '';
      return;
    }
    const [, digits] = /^([0-9a-f]+)\s*(?:;|$)/i.exec(line) ?? [];
    if (digits === undefined) this.bad = 'its answer comes in pieces that have no length';
    else if (Number.parseInt(digits, 16) === 0) this.#body = 'trailer';
    else {
      this.#body = 'chunk';
      // The line break behind it belongs to it.
      this.#left = Number.parseInt(digits, 16) + 2;
    }
  }
}
