/** Something that the page shows by itself when its link is followed. */
export interface Shown {
  readonly kind: 'step' | 'service' | 'outage';
  readonly id: string;
}

/**
 * The fragment of something shown: what can be sent to somebody else. It is made of keys and names, which stay, and
 * never of a number, which does not.
 */
export function linkTo({ kind, id }: Shown): string {
  const readable = encodeURIComponent(id.replace(/\p{Cs}/gu, '\ufffd')).replace(/%(?:2F|3A|40)/g, decodeURIComponent);
  return `#${kind}/${readable}`;
}

/** What a fragment names; undefined when it names nothing. */
export function shownBy(fragment: string): Shown | undefined {
  const match = /^#(step|service|outage)\/(.+)$/s.exec(fragment);
  const [, kind, rest] = match ?? [];
  if (rest === undefined || (kind !== 'step' && kind !== 'service' && kind !== 'outage')) return undefined;
  try {
    return { kind, id: decodeURIComponent(rest) };
  } catch {
    return undefined;
  }
}
