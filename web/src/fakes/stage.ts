import { createApi, ReplyStreams, type Api } from '../api/client';
import { Session } from '../api/session';
import type { Conversation } from '../api/types';
import { Chat, type Surroundings } from '../state/chat';
import { Conversations } from '../state/conversations';
import { Kept } from '../state/kept';
import { Notices, type Notice } from '../state/notices';
import type { TabMessage } from '../state/tabs';
import { FakeParley } from './fake-parley';
import { MemoryShelf } from './memory-shelf';
import { settled } from './settled';

/** What is around the stores of a page, before a fake server. Timers have to be faked while it is used. */
export class Stage implements Surroundings {
  readonly notices = new Notices();
  /** What the other tabs were told. */
  readonly told: TabMessage[] = [];
  /** Conversations that chats have made. */
  readonly made: Conversation[] = [];
  /** How long followers wanted to wait, oldest first. */
  readonly waits: number[] = [];
  readonly api: Api;
  readonly streams: ReplyStreams;
  readonly conversations: Conversations;
  readonly kept: Kept;
  private readonly waiting = new Set<() => void>();

  private constructor(
    readonly server: FakeParley,
    readonly session: Session,
    private readonly shelf: MemoryShelf,
  ) {
    this.api = createApi(server.origin, session);
    this.streams = new ReplyStreams(server.origin, session);
    this.kept = new Kept(shelf, session.user.peek()!.id);
    this.conversations = new Conversations(this.api, this.notices, this.tell);
  }

  static async open(): Promise<Stage> {
    const server = new FakeParley().open();
    const session = new Session(server.origin, true, () => undefined);
    await session.start();
    return new Stage(server, session, new MemoryShelf());
  }

  close(): void {
    this.server.close();
  }

  /** The page as it is after a reload: only what the server and the browser have kept is left. */
  reload(): Stage {
    return new Stage(this.server, this.session, this.shelf);
  }

  /** The chat of a conversation, as somebody opens it; null: of one that is still to be made. */
  async chat(id: string | null = null): Promise<Chat> {
    const chat = new Chat(this, id);
    await chat.refresh();
    await settled();
    return chat;
  }

  readonly tell = (message: TabMessage): void => void this.told.push(message);

  onMade(_chat: Chat, conversation: Conversation): void {
    this.made.push(conversation);
  }

  readonly pause = (waitMs: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      this.waits.push(waitMs);
      this.waiting.add(resolve);
      signal.addEventListener('abort', () => reject(signal.reason));
    });

  /** What somebody was told that has gone wrong. */
  get failures(): readonly Notice[] {
    return this.notices.shown.value.filter(({ kind }) => kind === 'failed');
  }

  /** Another try makes sense. */
  async wake(): Promise<void> {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
    await settled();
  }
}
