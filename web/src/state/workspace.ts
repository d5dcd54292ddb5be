import { signal } from '@preact/signals';
import { bodyOf, type Api, type ReplyStreams } from '../api/client';
import type { Conversation, Models, User } from '../api/types';
import { Chat, type Surroundings } from './chat';
import { Conversations } from './conversations';
import { browserShelf, Kept } from './kept';
import { goTo, path } from './location';
import type { Notices } from './notices';
import { pauseUntilItMakesSense } from './pause';
import type { TabMessage, Tell } from './tabs';

/** Everything of one person on this page; another person gets another one. */
export class Workspace implements Surroundings {
  readonly conversations: Conversations;
  readonly kept: Kept;
  readonly models = signal<Models | null>(null);
  readonly pause = pauseUntilItMakesSense;
  private readonly chats = new Map<string, Chat>();
  private fresh: Chat;
  private shown: Chat | null = null;

  constructor(
    readonly api: Api,
    readonly streams: ReplyStreams,
    readonly notices: Notices,
    readonly tell: Tell,
    readonly userId: User['id'],
  ) {
    this.kept = new Kept(browserShelf(), userId);
    this.conversations = new Conversations(api, notices, tell);
    this.fresh = new Chat(this, null);
  }

  /** The chat of a conversation; null: one that is still to be made. */
  chatOf(id: string | null): Chat {
    return id === null ? this.fresh : (this.chats.get(id) ?? this.add(new Chat(this, id), id));
  }

  /** What somebody looks at is up to date and goes on; another chat rests from now on. Null: another part of the page is shown. */
  show(chat: Chat | null): void {
    if (chat === this.shown) return;
    this.shown?.asking.rest();
    this.shown = chat;
    void chat?.refresh();
  }

  /** A conversation was changed outside its chat. */
  took(conversation: Conversation): void {
    const chat = this.chats.get(conversation.id);
    if (chat) chat.conversation.value = conversation;
  }

  onMade(chat: Chat, { id }: Conversation): void {
    this.add(chat, id);
    this.fresh = new Chat(this, null);
    if (this.shown === chat) goTo(`/c/${id}`, { replace: true });
  }

  async start(): Promise<void> {
    const models = bodyOf(this.api.GET('/api/v1/models'));
    await Promise.all([
      this.conversations.refresh(),
      models.then((offered) => (this.models.value = offered)),
    ]).catch((error: unknown) => this.notices.fail(error));
  }

  /** Somebody looks again, or another tab has done something: what is shown may be out of date. */
  refresh(about: TabMessage | null): void {
    void this.conversations.refresh().catch(() => undefined); // the list stays as it was
    const isAboutIt = about?.type !== 'conversation' || about.id === this.shown?.id;
    if (isAboutIt) void this.shown?.refresh();
  }

  delete(conversation: Conversation): void {
    const { id } = conversation;
    const wasShown = this.shown?.id === id;
    if (wasShown) goTo('/');
    this.conversations.delete(conversation, () => wasShown && goTo(`/c/${id}`));
    this.chats.get(id)?.asking.rest();
  }

  /** @throws Problem */
  async deleteAll(): Promise<void> {
    await this.conversations.deleteAll();
    this.chats.clear();
    if (path.value.startsWith('/c/')) goTo('/');
  }

  /** Leaves it to whoever comes next. */
  close(): void {
    this.conversations.deleteLeaving();
    for (const chat of [this.fresh, ...this.chats.values()]) chat.close();
  }

  private add(chat: Chat, id: string): Chat {
    this.chats.set(id, chat);
    return chat;
  }
}
