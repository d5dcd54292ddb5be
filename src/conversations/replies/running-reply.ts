import type { TokenUsage } from '../../llm/chat-model';
import type { ProblemCode } from '../../common/errors/domain-error';
import type { MessageFinish } from '../message.entity';
import { ReplyBuffer, type ReplyOutcome } from './reply.buffer';
import { DELIVERY_MS, GIVE_UP_MS } from './lease';
import { cutTo, TextCleaner } from './text-cleaner';

/**
 * Why a reply is stopped. `lost` and `deleted`: its row is no longer ours, or is left to others, and nothing is stored. `adrift`: the database has been away
 * for too long.
 */
export type StopReason = 'cancelled' | 'interrupted' | 'lost' | 'deleted' | 'adrift';

export class ReplyStopped extends Error {
  constructor(readonly reason: StopReason) {
    super(`The reply was stopped: ${reason}.`);
  }
}

/** How a reply ended, as it is stored. */
export interface ReplyEnd {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly finishReason: MessageFinish;
  /** As the provider counted. Null or absent: it did not, and it is estimated where the reply has text or `hasBegun`. */
  readonly usage?: TokenUsage | null;
  /** The model has shown a sign of life, and so will be paid. */
  readonly hasBegun?: boolean;
  /** Which model answered, where that is not the one that was asked. */
  readonly model?: string;
  readonly error?: { readonly code: ProblemCode; readonly detail: string };
}

/** Names the row of a generation that we hold, and no later holder's. */
export interface Claim {
  readonly replyId: string;
  readonly conversationId: string;
  readonly fence: number;
}

/**
 * A reply that this process is writing. Nobody reads of it before its first text is stored: whoever takes it over must know whether
 * somebody may have.
 */
export class RunningReply {
  readonly buffer = new ReplyBuffer(0);
  /** Resolves when the reply has ended and its end is stored, or is out of our hands. */
  readonly ended: Promise<ReplyOutcome>;
  /** Its row is known to be there: it has a heartbeat. */
  hasRow = false;
  /** UTF-16 units that the database has said it holds. */
  storedLength = 0;
  /** Somebody reads it as it is written, here; until then its first text can wait for the heartbeat. */
  isRead = false;
  /** Somebody reads it by way of another replica. */
  watched = false;
  /** There was more text than a reply may have; the rest is dropped. */
  isFull = false;
  /** When the last heartbeat was sent that the database has answered well, or the reply was begun. */
  private heldSince = performance.now();
  private readonly cleaner = new TextCleaner();
  private readonly stopper = new AbortController();
  private over = false;
  private finish!: (outcome: ReplyOutcome) => void;

  constructor(
    readonly claim: Claim,
    private readonly maxChars: number,
  ) {
    this.ended = new Promise((resolve) => (this.finish = resolve));
  }

  /** It has text, and none of it is known to be stored. */
  get awaitsFirstText(): boolean {
    return this.storedLength === 0 && this.buffer.length > 0 && !this.signal.aborted && !this.over;
  }

  /** The lease ran out long ago, for all that is known here. */
  get isAdrift(): boolean {
    return performance.now() - this.heldSince > GIVE_UP_MS;
  }

  /** A heartbeat sent at `sentAt` (`performance.now()`) has come back: so much is stored, and the lease is extended. */
  hold(sentAt: number, storedLength: number): void {
    this.heldSince = Math.max(this.heldSince, sentAt);
    this.storedLength = Math.max(this.storedLength, storedLength);
    if (this.storedLength > 0) this.buffer.letRead(this.heldSince + DELIVERY_MS);
  }

  /** Ends the model call, with a `ReplyStopped`. */
  get signal(): AbortSignal {
    return this.stopper.signal;
  }

  write(text: string): void {
    this.append(this.cleaner.clean(text));
  }

  /** No more text comes. */
  close(): void {
    this.append(this.cleaner.rest());
  }

  /** The first reason counts. */
  stop(reason: StopReason): void {
    if (!this.signal.aborted) this.stopper.abort(new ReplyStopped(reason));
  }

  /** The database has been away for too long: its readers are sent elsewhere, also where it has been stopped before. */
  giveUp(): void {
    this.stop('adrift');
    this.end({ type: 'lost' });
  }

  /** The first outcome counts. */
  end(outcome: ReplyOutcome): void {
    this.over = true;
    this.buffer.end(outcome);
    this.finish(outcome);
  }

  private append(text: string): void {
    const fitting = this.isFull ? '' : cutTo(text, this.maxChars - this.buffer.length);
    this.isFull ||= fitting.length < text.length;
    if (fitting) this.buffer.append(fitting);
  }
}
