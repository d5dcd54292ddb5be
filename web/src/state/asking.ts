import { signal } from '@preact/signals';
import { bodyOf, type Wish } from '../api/client';
import { followReply, isLast, type Place } from '../api/follow-reply';
import { isProblem } from '../api/problem';
import type { Message, ReplyEvent } from '../api/types';
import { isRunning, rowsBefore } from './branches';
import { newKey } from './keys';
import type { AskedIn, Means } from './means';

/** What has been asked for and is not known to be kept by the server. */
export interface Asked {
  /** However often it is sent, it is done once. */
  readonly key: string;
  readonly wish: Wish;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A reply that is being written, as far as it has come here. */
export interface LiveReply {
  readonly id: string;
  readonly text: string;
}

/** The server keeps keys for a day: a question that is older might be asked twice. */
const KEY_LIVES_MS = 23 * 3_600_000;

/** Asks in one chat, and follows what is answered: one reply at a time, over any number of connections. */
export class Asking {
  readonly asked = signal<Asked | null>(null);
  /** Why what was asked for has not been done. Null: it is on its way. */
  readonly fault = signal<unknown>(null);
  readonly live = signal<LiveReply | null>(null);
  /** The connection is lost, and will be made again. */
  readonly lost = signal(false);
  private following: AbortController | null = null;
  private stopWanted = false;

  constructor(
    private readonly around: Means,
    private readonly chat: AskedIn,
  ) {}

  get busy(): boolean {
    return this.live.value !== null || (this.asked.value !== null && this.fault.value === null);
  }

  ask(wish: Wish): void {
    if (this.busy) return;
    this.giveBack(); // a question that was refused
    this.put({ key: newKey(), wish, at: Date.now() });
    void this.follow(null);
  }

  retry(): void {
    if (!this.asked.value || this.busy) return;
    this.fault.value = null;
    void this.follow(null);
  }

  /** Does not ask after all. */
  takeBack(): void {
    this.following?.abort();
    this.giveBack();
    void this.chat.refresh(); // the server may have it all the same
  }

  async stop(): Promise<void> {
    const reply = this.live.value;
    if (!reply || this.chat.id === null) {
      this.stopWanted = this.busy; // what has ended meanwhile does not stop what is asked next
      return;
    }
    const path = { id: this.chat.id, replyId: reply.id };
    const call = this.around.api.POST('/api/v1/conversations/{id}/messages/{replyId}/cancel', {
      params: { path },
    });
    await bodyOf(call).catch((error: unknown) => {
      if (!isProblem(error, 'not_cancellable')) this.around.notices.fail(error); // it has ended meanwhile
    });
  }

  /** After a reload, or when something may have happened elsewhere: sends what was on its way, reads what is being written. */
  goOn(): void {
    if (this.following) return;
    const kept = this.asked.value ?? (this.around.kept.read(this.chat.keptAs('asking')) as Asked | null);
    const newest = this.chat.messages.rows.value[0];
    if (kept && this.fault.value === null) {
      this.put(kept);
      if (Date.now() - kept.at < KEY_LIVES_MS) void this.follow(null);
      else this.takeBack();
    } else if (newest && isRunning(newest)) {
      this.live.value = { id: newest.id, text: newest.content };
      void this.follow({ replyId: newest.id, after: newest.content.length });
    }
  }

  /** Nobody looks at this chat: its reply goes on without a reader. A question stays on its way until the server has it. */
  rest(): void {
    if (this.live.value) this.following?.abort();
  }

  close(): void {
    this.following?.abort();
  }

  /** Rows, newest first, without those that what is asked for leaves behind. */
  without(rows: readonly Message[]): readonly Message[] {
    return this.asked.value ? rowsBefore(this.asked.value.wish, rows) : rows;
  }

  /** What was written goes back to where it was written, in front of what is there by now. */
  private giveBack(): void {
    const wish = this.asked.value?.wish;
    this.put(null);
    if (!wish || !('content' in wish)) return;
    const { draft } = this.chat;
    draft.value = draft.value ? `${wish.content}\n\n${draft.value}` : wish.content;
  }

  private put(asked: Asked | null): void {
    this.asked.value = asked;
    this.fault.value = null;
    this.around.kept.write(this.chat.keptAs('asking'), asked);
  }

  private async follow(from: Place | null): Promise<void> {
    const following = new AbortController();
    this.following = following;
    try {
      const steps = {
        connect: (place: Place | null) => this.connect(place, following.signal),
        pause: this.around.pause,
        onTrouble: () => (this.lost.value = true),
        signal: following.signal,
      };
      for await (const event of followReply(steps, from)) this.take(event);
    } catch (error) {
      if (!following.signal.aborted) this.fail(error);
    } finally {
      this.leave(following);
    }
  }

  private leave(following: AbortController): void {
    if (this.following !== following) return; // another one has begun
    this.following = null;
    this.live.value = null;
    this.lost.value = false;
    this.stopWanted = false;
  }

  private async connect(place: Place | null, signal: AbortSignal): Promise<Response> {
    const id = this.chat.id ?? (await this.makeConversation(signal));
    if (place) return this.around.streams.rejoin(id, place, signal);
    await this.chat.saved; // the model that was just chosen is to answer
    const { wish, key } = this.asked.value!;
    return this.around.streams.ask(id, wish, key, signal);
  }

  private async makeConversation(signal: AbortSignal): Promise<string> {
    const asked = this.asked.value!;
    const { model, systemPrompt } = this.chat.plan.value;
    const conversation = await bodyOf(
      this.around.api.POST('/api/v1/conversations', {
        params: { header: { 'Idempotency-Key': `${asked.key}.conversation` } },
        body: { ...(model && { model }), ...(systemPrompt && { systemPrompt }) },
        signal,
      }),
    );
    this.around.kept.write(this.chat.keptAs('asking'), null);
    this.chat.become(conversation);
    this.around.kept.write(this.chat.keptAs('asking'), asked);
    return conversation.id;
  }

  private take(event: ReplyEvent): void {
    this.lost.value = false;
    if (event.type === 'message.created') this.begin(event.message, event.reply);
    else if (event.type === 'message.delta') {
      const { id, text } = this.live.value!;
      this.live.value = { id, text: text + event.delta };
    } else if (isLast(event) && 'message' in event) this.end(event.message);
  }

  private begin(question: Message, reply: Message): void {
    const known = question.parentId === null || this.chat.messages.has(question.parentId);
    this.chat.messages.graft([reply, question], question.parentId);
    if (!known) this.readBranch();
    this.live.value = { id: reply.id, text: '' };
    this.put(null);
    if (this.stopWanted) void this.stop();
    this.tellOthers();
  }

  /** What was said elsewhere meanwhile. The reply may have ended when that comes, and then it is out of date. */
  private readBranch(): void {
    void this.chat.messages.refresh().then(
      () => this.goOn(),
      () => undefined, // it comes when somebody looks next
    );
  }

  private end(reply: Message): void {
    this.live.value = null;
    this.chat.messages.replace(reply);
    this.tellOthers();
  }

  private fail(error: unknown): void {
    if (this.asked.value) this.fault.value = error;
    else if (isProblem(error, 'not_found')) this.chat.state.value = 'missing';
    else this.around.notices.fail(error);
  }

  /** The title may be new, and the conversation is the newest of the list. */
  private tellOthers(): void {
    this.around.tell({ type: 'conversation', id: this.chat.id! });
    void this.chat.refreshConversation(this.chat.id!).catch(() => undefined); // it is shown as it was
  }
}
