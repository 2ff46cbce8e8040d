/** An expression for a whole text in which `*` stands for any text, and everything else for itself. */
export function wildcard(pattern: string, flags = ''): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, `s${flags}`);
}
