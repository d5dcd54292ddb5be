import { signal } from '@preact/signals';
import { inPlainWords } from './plain-words';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly kind: 'told' | 'failed';
  readonly action?: { readonly label: string; readonly run: () => void };
}

const SHOWN_MS = 6_000;
/** Somebody has to read what went wrong, and what to do. */
const FAILURE_SHOWN_MS = 12_000;

/** What has happened, for a while and at the edge of the page. */
export class Notices {
  readonly shown = signal<readonly Notice[]>([]);
  /** What screen readers say next. */
  readonly announcement = signal('');
  private count = 0;

  tell(text: string, action?: Notice['action']): number {
    return this.show({ text, kind: 'told', ...(action && { action }) }, SHOWN_MS);
  }

  fail(error: unknown, action?: Notice['action']): number {
    return this.show(
      { text: inPlainWords(error), kind: 'failed', ...(action && { action }) },
      FAILURE_SHOWN_MS,
    );
  }

  announce(text: string): void {
    this.announcement.value = text;
  }

  dismiss(id: number): void {
    this.shown.value = this.shown.value.filter((notice) => notice.id !== id);
  }

  private show(notice: Omit<Notice, 'id'>, durationMs: number): number {
    const id = ++this.count;
    // The same words twice are one notice, unless each can be undone.
    const others = this.shown.value.filter(({ text, action }) => text !== notice.text || action);
    this.shown.value = [...others, { ...notice, id }];
    setTimeout(() => this.dismiss(id), durationMs);
    return id;
  }
}
