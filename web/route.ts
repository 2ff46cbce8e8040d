import { useEffect, useState } from 'preact/hooks';
import { type Shown, shownBy } from '../src/report/page/links.js';

/** What the address names. */
export function useShown(): Shown | undefined {
  const [shown, show] = useState(() => shownBy(location.hash));
  useEffect(() => {
    const changed = (): void => show(shownBy(location.hash));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return shown;
}

/** Shows nothing more, and leaves the page where it is. */
export function showNothing(): void {
  history.pushState(null, '', location.pathname + location.search);
  dispatchEvent(new HashChangeEvent('hashchange'));
}
