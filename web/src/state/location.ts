import { signal } from '@preact/signals';

/** The path of the page, as the address bar shows it. */
export const path = signal(location.pathname);

addEventListener('popstate', () => (path.value = location.pathname));

/** `replace`: going back does not come by here. */
export function goTo(to: string, { replace = false } = {}): void {
  if (to === path.peek()) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  path.value = to;
}

/** A click that opens the link here, and not in another tab or window. */
export const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
