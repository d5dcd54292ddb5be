import { computed, signal } from '@preact/signals';
import { bodyOf, type Api } from '../api/client';
import { isProblem } from '../api/problem';
import type { Conversation } from '../api/types';
import type { Notices } from './notices';
import { PagedList } from './paged-list';
import type { Tell } from './tabs';

export type Change = Partial<
  Pick<Conversation, 'title' | 'pinned' | 'archived' | 'model' | 'systemPrompt' | 'activeLeafId'>
>;

/** How long a deletion can be taken back. */
export const UNDO_MS = 6_000;

const path = (id: string) => ({ params: { path: { id } } });

/** What a person has asked, in lists. */
export class Conversations {
  readonly pinned = this.list({ pinned: true });
  readonly recent = this.list({ pinned: false });
  readonly archived = this.list({ archived: true });
  /** What is looked for; empty: nothing. */
  readonly query = signal('');
  readonly found = new PagedList<Conversation>((place) => this.page({ q: this.query.peek(), ...place }));
  /** Deleted as far as anybody can see. Null: the server has been told, and no answer that was on its way brings it back. */
  private readonly leaving = signal<ReadonlyMap<string, ReturnType<typeof setTimeout> | null>>(new Map());

  constructor(
    private readonly api: Api,
    private readonly notices: Notices,
    private readonly tell: Tell,
  ) {}

  private get lists(): readonly PagedList<Conversation>[] {
    return [this.pinned, this.recent, this.archived, this.found];
  }

  private list(which: { pinned?: boolean; archived?: boolean }): PagedList<Conversation> {
    return new PagedList<Conversation>((place) => this.page({ ...which, ...place }));
  }

  private page(query: { pinned?: boolean; archived?: boolean; q?: string; cursor?: string; limit: number }) {
    return bodyOf(this.api.GET('/api/v1/conversations', { params: { query } }));
  }

  /** A list without what is about to be deleted. */
  readonly visible = (list: PagedList<Conversation>) =>
    computed(() => list.rows.value.filter(({ id }) => !this.leaving.value.has(id)));

  isLeaving = (id: string): boolean => this.leaving.value.has(id);

  async refresh(): Promise<void> {
    const shown = [
      this.pinned,
      this.recent,
      ...(this.archived.state.value === 'first' ? [] : [this.archived]),
    ];
    await Promise.all(shown.map((list) => list.refresh()));
  }

  /** Empty: shows all again. */
  async search(query: string): Promise<void> {
    this.query.value = query;
    this.found.rows.value = [];
    if (query) await this.found.refresh();
  }

  /** Puts it where it belongs, and out of where it doesn't; words that were looked for stay with what was found. */
  put({ snippet, snippetMatches, ...conversation }: Conversation): void {
    this.found.replace({
      ...this.found.rows.value.find(({ id }) => id === conversation.id),
      ...conversation,
    });
    const home = conversation.archived ? this.archived : conversation.pinned ? this.pinned : this.recent;
    for (const list of [this.pinned, this.recent, this.archived])
      if (list !== home) list.remove(conversation.id);
    if (home.state.value === 'first') return;
    const others = home.rows.value.filter(({ id }) => id !== conversation.id);
    const at = others.findIndex((other) => activity(other) < activity(conversation));
    if (at < 0 && home.hasMore.value)
      home.rows.value = others; // it comes with a later page
    else home.rows.value = at < 0 ? [...others, conversation] : others.toSpliced(at, 0, conversation);
  }

  /** Shown at once, and taken back if the server does not take it. */
  async change(conversation: Conversation, change: Change): Promise<Conversation | null> {
    this.put({ ...conversation, ...change });
    try {
      const { id } = conversation;
      const changed = await bodyOf(
        this.api.PATCH('/api/v1/conversations/{id}', { ...path(id), body: change }),
      );
      this.put(changed);
      this.tell({ type: 'conversation', id });
      return changed;
    } catch (error) {
      const was = (Object.keys(change) as (keyof Change)[]).map((name) => [name, conversation[name]]);
      this.put({ ...this.find(conversation), ...(Object.fromEntries(was) as Change) });
      this.notices.fail(error);
      return null;
    }
  }

  /** As it is in the lists by now. */
  private find(conversation: Conversation): Conversation {
    const rows = this.lists.flatMap((list) => list.rows.value);
    return rows.find(({ id }) => id === conversation.id) ?? conversation;
  }

  /** Gone from the lists at once, from the server when nobody has wanted it back. `onUndo` runs if somebody does. */
  delete({ id, title }: Conversation, onUndo: () => void): void {
    const timer = setTimeout(() => void this.deleteNow(id), UNDO_MS);
    this.leaving.value = new Map(this.leaving.value).set(id, timer);
    this.notices.tell(`“${title ?? 'New chat'}” is deleted.`, {
      label: 'Undo',
      run: () => {
        if (this.leaving.value.get(id) !== timer) return; // too late
        clearTimeout(timer);
        this.keep(id);
        onUndo();
      },
    });
  }

  /** Deletes at once what waits for it: the page is being left. */
  deleteLeaving(): void {
    for (const [id, timer] of this.leaving.value) {
      if (timer === null) continue;
      clearTimeout(timer);
      void this.deleteNow(id);
    }
  }

  /** @throws Problem */
  async deleteAll(): Promise<void> {
    await bodyOf<unknown>(this.api.DELETE('/api/v1/conversations'));
    for (const list of this.lists) list.rows.value = [];
    this.tell({ type: 'conversations' });
    await this.refresh();
  }

  private async deleteNow(id: string): Promise<void> {
    this.leaving.value = new Map(this.leaving.value).set(id, null);
    try {
      const answer = this.api.DELETE('/api/v1/conversations/{id}', { ...path(id), keepalive: true });
      await bodyOf<unknown>(answer).catch((error: unknown) => {
        if (!isProblem(error, 'not_found')) throw error;
      });
      for (const list of this.lists) list.remove(id);
      this.tell({ type: 'conversations' });
    } catch (error) {
      this.keep(id);
      this.notices.fail(error);
    }
  }

  private keep(id: string): void {
    const others = new Map(this.leaving.value);
    others.delete(id);
    this.leaving.value = others;
  }
}

/** What lists are ordered by: the times sort as texts. */
const activity = ({ lastMessageAt, createdAt }: Conversation): string => lastMessageAt ?? createdAt;
