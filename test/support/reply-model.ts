import type { MessageInTree } from '../../src/conversations/message.entity';
import type { Deleted } from '../../src/conversations/conversation.repository';
import type { RemoteNews } from '../../src/conversations/replies/remote-reply.repository';
import type { Beat, BeatResult, ExpiredReply } from '../../src/conversations/replies/reply.repository';
import type { Claim, ReplyEnd } from '../../src/conversations/replies/running-reply';

interface Refusal {
  readonly code: 'not_found' | 'reply_in_progress';
  readonly members: { readonly replyId?: string };
}

interface RunningModel {
  readonly replyId: string;
  readonly conversationId: string;
  owner: string;
  fence: number;
  attempts: number;
  text: string;
  started: boolean;
  cancelled: boolean;
  watched: boolean;
  /** Its place in the order in which leases run out; null: it is held. */
  lapsed: number | null;
}

/** What a reader finds of a reply. */
export type Seen = Pick<MessageInTree, 'id' | 'status' | 'content' | 'finishReason'>;

/** A reply that was let go runs out a second ago, one that was left alone long ago. */
const AFTER_ALL_SILENT = 1_000_000;

/**
 * The states of a reply's lease, in memory and one step at a time: what the database has to answer to each step, and what has to be
 * found in it afterwards. Times are an order, not durations: nothing runs out by itself.
 */
export class ReplyModel {
  private readonly conversations = new Set<string>();
  private readonly running = new Map<string, RunningModel>();
  private readonly ended = new Map<string, Seen & Pick<RunningModel, 'conversationId'>>();
  private lapses = 0;

  addConversation(id: string): void {
    this.conversations.add(id);
  }

  /** Null: it is opened. Otherwise the code of the refusal, and the reply that is in the way. */
  open(owner: string, { replyId, conversationId }: Omit<Claim, 'fence'>): Refusal | null {
    if (!this.conversations.has(conversationId)) return { code: 'not_found', members: {} };
    const inTheWay = this.all().find((reply) => reply.conversationId === conversationId);
    if (inTheWay) return { code: 'reply_in_progress', members: { replyId: inTheWay.replyId } };
    const fresh = { text: '', started: false, cancelled: false, watched: false, lapsed: null };
    this.running.set(replyId, { replyId, conversationId, owner, fence: 1, attempts: 1, ...fresh });
    return null;
  }

  beat(owner: string, beats: readonly Beat[]): BeatResult[] {
    return beats.map(({ replyId, fence, from, to, delta }) => {
      const held = this.heldBy(owner, { replyId, fence });
      if (!held) return { replyId, state: 'lost' };
      if (held.text.length === from) held.text += delta;
      held.started ||= to > 0;
      held.lapsed = null;
      const { text, cancelled, watched } = held;
      return { replyId, state: 'ok', length: text.length, cancelled, watched };
    });
  }

  /** Whether the end is stored. */
  settle(owner: string, claim: Claim, content: string, { status, finishReason }: ReplyEnd): boolean {
    const held = this.heldBy(owner, claim);
    if (held?.conversationId !== claim.conversationId) return false;
    this.running.delete(held.replyId);
    const { replyId: id, conversationId } = held;
    this.ended.set(id, { id, conversationId, status, content, finishReason });
    return true;
  }

  /** Nothing is heard of its owner any more. Its place in the order in which leases run out. */
  expire(replyId: string): number {
    return (this.running.get(replyId)!.lapsed = ++this.lapses);
  }

  /** Those that may be claimed, by when their leases ran out. */
  dueLapses(except: readonly string[]): number[] {
    const silent = this.all().filter(({ replyId }) => !except.includes(replyId));
    return silent.flatMap(({ lapsed }) => lapsed ?? []).sort((a, b) => a - b);
  }

  lapseOf(replyId: string): number | null | undefined {
    return this.running.get(replyId)?.lapsed;
  }

  claim(owner: string, replyId: string): ExpiredReply {
    const held = this.running.get(replyId)!;
    held.attempts += 1;
    const { attempts, started: hasText, cancelled } = held;
    return { ...this.takeOver(owner, replyId)!, attempts, hasText, cancelled };
  }

  takeOver(owner: string, replyId: string): Claim | null {
    const held = this.running.get(replyId);
    if (!held) return null;
    Object.assign(held, { owner, fence: held.fence + 1, lapsed: null });
    return { replyId, conversationId: held.conversationId, fence: held.fence };
  }

  release(owner: string): void {
    const lapsed = AFTER_ALL_SILENT + ++this.lapses;
    for (const held of this.all())
      if (held.owner === owner)
        Object.assign(held, { lapsed, fence: held.fence + 1, attempts: held.attempts - 1 });
  }

  requestCancel(replyId: string): boolean {
    const held = this.running.get(replyId);
    if (held) held.cancelled = true;
    return held !== undefined;
  }

  cancelRequested(owner: string): string[] {
    const toStop = this.all().filter((held) => held.owner === owner && held.cancelled);
    return toStop.map(({ replyId }) => replyId);
  }

  deleteConversation(id: string): Deleted {
    const replyIds = this.all().flatMap((held) => (held.conversationId === id ? held.replyId : []));
    for (const replyId of replyIds) this.running.delete(replyId);
    for (const [replyId, { conversationId }] of this.ended)
      if (conversationId === id) this.ended.delete(replyId);
    return { count: this.conversations.delete(id) ? 1 : 0, replyIds };
  }

  newsOf(asked: readonly { readonly replyId: string; readonly known: number }[]): RemoteNews[] {
    return asked.flatMap(({ replyId, known }) => {
      const held = this.running.get(replyId);
      if (!held) return { replyId, running: false, text: '' };
      held.watched = true;
      return held.text.length > known ? { replyId, running: true, text: held.text.slice(known) } : [];
    });
  }

  /** Of running replies. */
  storedText(replyId: string): string {
    return this.running.get(replyId)?.text ?? '';
  }

  runningIds(): string[] {
    return [...this.running.keys()];
  }

  /** Of all replies that are there, running or ended. */
  seen(): Seen[] {
    const running = this.all().map(({ replyId: id, started, text: content }): Seen => {
      return { id, status: started ? 'streaming' : 'pending', content, finishReason: null };
    });
    const ended = [...this.ended.values()].map(({ id, status, content, finishReason }) => {
      return { id, status, content, finishReason };
    });
    return [...running, ...ended];
  }

  private all(): RunningModel[] {
    return [...this.running.values()];
  }

  private heldBy(owner: string, { replyId, fence }: Pick<Claim, 'replyId' | 'fence'>): RunningModel | null {
    const held = this.running.get(replyId);
    return held?.owner === owner && held.fence === fence ? held : null;
  }
}
