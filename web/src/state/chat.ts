import { batch, computed, effect, signal } from '@preact/signals';
import { bodyOf } from '../api/client';
import { isProblem } from '../api/problem';
import type { Conversation, Message } from '../api/types';
import { Asking } from './asking';
import type { Conversations } from './conversations';
import { newKey } from './keys';
import type { Means } from './means';
import { PagedList } from './paged-list';

/** What a chat needs of the page around it. */
export interface Surroundings extends Means {
  readonly conversations: Conversations;
  /** A conversation has been made for a chat that had none. */
  onMade(chat: Chat, conversation: Conversation): void;
}

type ChatState = 'loading' | 'ready' | 'missing' | 'failed';

/** One conversation as a person sees it, or one that is still to be made. */
export class Chat {
  /** Its own for as long as the page lives, also before there is an id. */
  readonly key = newKey();
  readonly conversation = signal<Conversation | null>(null);
  readonly state = signal<ChatState>('loading');
  /** Of the branch in use, newest first. */
  readonly messages = new PagedList<Message>((place) => this.page(place));
  /** What is being written and not sent, also after a reload. */
  readonly draft = signal('');
  /** For a conversation that is still to be made. */
  readonly plan = signal<{ readonly model: string | null; readonly systemPrompt: string | null }>({
    model: null,
    systemPrompt: null,
  });
  readonly asking: Asking;
  /** Settled when what was chosen last is with the server, or has been refused. */
  saved: Promise<unknown> = Promise.resolve();
  private readonly stopKeeping: () => void;
  /** What is to be shown, oldest first: without what a question that is on its way leaves behind. */
  readonly branch = computed(() => this.asking.without(this.messages.rows.value).toReversed());

  constructor(
    private readonly around: Surroundings,
    /** Null: the first question makes it. */
    public id: string | null,
  ) {
    this.asking = new Asking(around, this);
    this.draft.value = (around.kept.read(this.keptAs('draft')) as string | null) ?? '';
    this.stopKeeping = effect(() => around.kept.write(this.keptAs('draft'), this.draft.value || null));
    if (id === null) this.state.value = 'ready';
  }

  keptAs(what: 'draft' | 'asking'): string {
    return `${what}.${this.id ?? 'new'}`;
  }

  /** Finds out how it stands, and goes on with what was going on. */
  async refresh(): Promise<void> {
    try {
      if (this.id !== null) await this.load(this.id);
      this.state.value = 'ready';
      this.asking.goOn();
    } catch (error) {
      if (isProblem(error, 'not_found', 'validation_failed')) this.state.value = 'missing';
      else if (this.state.value === 'loading') this.state.value = 'failed';
      else if (!isProblem(error, 'offline')) this.around.notices.fail(error);
    }
  }

  /** A conversation was made for it: what was kept moves along. */
  become(conversation: Conversation): void {
    const draft = this.draft.peek();
    this.draft.value = '';
    batch(() => {
      this.id = conversation.id;
      this.conversation.value = conversation;
      this.draft.value = draft;
    });
    this.around.conversations.put(conversation);
    this.around.onMade(this, conversation);
  }

  async loadOlder(): Promise<void> {
    await this.messages.loadMore().catch(this.tellFailure);
  }

  async choose(change: {
    readonly model?: string | null;
    readonly systemPrompt?: string | null;
  }): Promise<void> {
    if (this.conversation.value) await (this.saved = this.change(change));
    else this.plan.value = { ...this.plan.value, ...change };
  }

  /** Goes on with another branch: the one in which this message is, to its newest end. */
  async showBranchOf(messageId: string): Promise<void> {
    if (await this.change({ activeLeafId: messageId })) await this.messages.refresh().catch(this.tellFailure);
    this.asking.goOn();
  }

  async refreshConversation(id: string): Promise<void> {
    const params = { path: { id } };
    const conversation = await bodyOf(this.around.api.GET('/api/v1/conversations/{id}', { params }));
    this.conversation.value = conversation;
    if (!this.around.conversations.isLeaving(conversation.id)) this.around.conversations.put(conversation);
  }

  /** Reads and sends nothing any more. What was kept stays kept. */
  close(): void {
    this.stopKeeping();
    this.asking.close();
  }

  private async load(id: string): Promise<void> {
    await Promise.all([this.refreshConversation(id), this.messages.refresh()]);
  }

  private async change(change: Parameters<Conversations['change']>[1]): Promise<boolean> {
    const conversation = this.conversation.value;
    const changed = conversation && (await this.around.conversations.change(conversation, change));
    if (changed) this.conversation.value = changed;
    return changed !== null;
  }

  private page(query: { cursor?: string; limit: number }) {
    const path = { id: this.id! };
    return bodyOf(this.around.api.GET('/api/v1/conversations/{id}/messages', { params: { path, query } }));
  }

  private readonly tellFailure = (error: unknown): void => {
    this.around.notices.fail(error);
  };
}
