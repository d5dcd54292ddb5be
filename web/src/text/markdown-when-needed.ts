import { signal } from '@preact/signals';
import type * as Markdown from './markdown';

/** Nearly half of the page's code, and not needed before there is an answer. Null: it has not been loaded. */
export const markdown = signal<typeof Markdown | null>(null);

let loading: Promise<void> | null = null;

/** Where it can't be loaded, texts stay as they were written, until it is asked for again. */
export function needMarkdown(): void {
  loading ??= import('./markdown').then(
    (module) => void (markdown.value = module),
    () => void (loading = null),
  );
}
