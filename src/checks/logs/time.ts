const DATE = /(\d{4})[-/](\d\d)[-/](\d\d)[T _]+(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,3}))?\d*\s?(Z|UTC|GMT|[+-]\d\d:?\d\d)?/;
const EPOCH = /"(?:time|ts|timestamp)":\s*"?(\d{10}(?:\.\d+)?|\d{13})\b/;

/**
 * When a line of a log was written, in milliseconds since the epoch, if it says so and that lies in the span in which
 * it can have been. A time without a zone is local or UTC: whichever does.
 */
export function timeOf(line: string, span: { readonly from: number; readonly to: number }): number | undefined {
  return candidates(line).find((at) => at >= span.from && at <= span.to);
}

function candidates(line: string): number[] {
  const epoch = EPOCH.exec(line)?.[1];
  if (epoch !== undefined) return [Math.round(Number(epoch) * (epoch.length === 13 ? 1 : 1000))];
  const [, year, month, day, hour, minute, second, fraction = '', zone] = DATE.exec(line) ?? [];
  if (year === undefined) return [];
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0')}`;
  if (zone === undefined) return [Date.parse(text), Date.parse(`${text}Z`)];
  return [Date.parse(`${text}${/^[+-]/.test(zone) ? zone.replace(/^(...):?/, '$1:') : 'Z'}`)];
}
