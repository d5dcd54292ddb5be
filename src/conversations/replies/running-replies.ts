import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids';
import { Config } from '../../config/config';
import { RunningReply, type Claim, type StopReason } from './running-reply';

/** The replies that this process is writing. */
@Injectable()
export class RunningReplies {
  /** Who we are in `generations.owner`: new in every process, so that no successor is taken for us. */
  readonly owner = newId();
  private readonly replies = new Map<string, RunningReply>();
  private draining = false;

  constructor(private readonly config: Config) {}

  /** No more are begun here. */
  get isDraining(): boolean {
    return this.draining;
  }

  drain(): void {
    this.draining = true;
  }

  /** Whoever finds its row finds its writer too: so before the row is there. */
  begin(claim: Claim): RunningReply {
    const reply = new RunningReply(claim, this.config.replies.replyMaxChars);
    this.replies.set(claim.replyId, reply);
    return reply;
  }

  remove(reply: RunningReply): void {
    this.replies.delete(reply.claim.replyId);
  }

  find(replyId: string): RunningReply | null {
    return this.replies.get(replyId) ?? null;
  }

  ids(): string[] {
    return [...this.replies.keys()];
  }

  all(): RunningReply[] {
    return [...this.replies.values()];
  }

  stop(replyIds: readonly string[], reason: StopReason): void {
    for (const id of replyIds) this.replies.get(id)?.stop(reason);
  }
}
