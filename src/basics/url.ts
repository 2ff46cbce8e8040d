/** Whether its parts can be taken apart: a lone `%` is let through by `URL`, and cannot be decoded. */
export function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    for (const part of [username, password, pathname]) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
