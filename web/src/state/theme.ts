import { effect, signal } from '@preact/signals';
import { browserShelf } from './kept';

export type Theme = 'system' | 'light' | 'dark';

/** `theme.js` reads it before the first paint. */
const NAME = 'parley.theme';
const shelf = browserShelf();
const kept = shelf?.getItem(NAME);

export const theme = signal<Theme>(kept === 'light' || kept === 'dark' ? kept : 'system');

effect(() => {
  const { dataset } = document.documentElement;
  if (theme.value === 'system') delete dataset.theme;
  else dataset.theme = theme.value;
  try {
    if (theme.value === 'system') shelf?.removeItem(NAME);
    else shelf?.setItem(NAME, theme.value);
  } catch {
    // it holds until the page is left
  }
});

addEventListener('storage', ({ key, newValue }) => {
  if (key === NAME) theme.value = newValue === 'light' || newValue === 'dark' ? newValue : 'system';
});
