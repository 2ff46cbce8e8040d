import { isAbsolute, relative, resolve } from 'node:path';

/** What GitHub Actions shows beside a line of a change, or on the job's page. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly text: string;
  /** Lines and columns are 1-based; line 0 is not known. */
  readonly at?: { readonly file: string; readonly line: number; readonly column?: number };
}

/**
 * An annotation as the command that a job prints: `::error file=F,line=L,title=T::TEXT`, with what GitHub reads as its
 * own written in its own way. It finds only files below `root`, the checkout: of another one the text says where it is.
 */
export function annotate({ level, title, text, at }: Annotation, root: string): string {
  const file = at === undefined ? undefined : relative(root, resolve(root, at.file));
  const known = file !== undefined && file !== '' && file !== '..' && !file.startsWith('../') && !isAbsolute(file);
  const place: string[] = [];
  if (at !== undefined && known) {
    place.push(`file=${property(file)}`);
    if (at.line > 0) place.push(`line=${at.line}`);
    if (at.line > 0 && at.column !== undefined) place.push(`col=${at.column}`);
  }
  const said = at === undefined || known ? text : `${at.file}${at.line > 0 ? `:${at.line}` : ''}: ${text}`;
  return `::${level} ${[...place, `title=${property(title)}`].join(',')}::${data(said)}`;
}

const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
