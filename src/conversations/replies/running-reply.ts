import type { TokenUsage } from '../../llm/chat-model';
import type { ProblemCode } from '../../common/errors/domain-error';
import type { MessageFinish } from '../message.entity';
import { ReplyBuffer, type ReplyOutcome } from './reply.buffer';
import { cutTo, TextCleaner } from './text-cleaner';

/** Why a reply is stopped. `lost` and `deleted`: its row is no longer ours, and nothing is stored. */
export type StopReason = 'cancelled' | 'interrupted' | 'lost' | 'deleted';

export class ReplyStopped extends Error {
  constructor(readonly reason: StopReason) {
    super(`The reply was stopped: ${reason}.`);
  }
}

/** How a reply ended, as it is stored. */
export interface ReplyEnd {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly finishReason: MessageFinish;
  readonly usage?: TokenUsage | null;
  readonly error?: { readonly code: ProblemCode; readonly detail: string };
}

/** Names the row of a generation that we hold, and no later holder's. */
export interface Claim {
  readonly replyId: string;
  readonly conversationId: string;
  readonly fence: number;
}

/** A reply that this process is writing. */
export class RunningReply {
  readonly buffer = new ReplyBuffer();
  /** Resolves when the reply has ended and its end is stored, or is out of our hands. */
  readonly ended: Promise<ReplyOutcome>;
  /** Its row is known to be there: it has a heartbeat. */
  hasRow = false;
  /** UTF-16 units that the database has said it holds. */
  storedLength = 0;
  /** There was more text than a reply may have; the rest is dropped. */
  isFull = false;
  private readonly cleaner = new TextCleaner();
  private readonly stopper = new AbortController();
  private finish!: (outcome: ReplyOutcome) => void;

  constructor(
    readonly claim: Claim,
    private readonly maxChars: number,
  ) {
    this.ended = new Promise((resolve) => (this.finish = resolve));
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

  end(outcome: ReplyOutcome): void {
    this.buffer.end(outcome);
    this.finish(outcome);
  }

  private append(text: string): void {
    const fitting = this.isFull ? '' : cutTo(text, this.maxChars - this.buffer.text.length);
    this.isFull ||= fitting.length < text.length;
    if (fitting) this.buffer.append(fitting);
  }
}
