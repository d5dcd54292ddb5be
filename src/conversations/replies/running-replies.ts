import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids';
import type { RunningReply, StopReason } from './running-reply';

/** The replies that this process is writing. */
@Injectable()
export class RunningReplies {
  /** Who we are in `generations.owner`: new in every process, so that no successor is taken for us. */
  readonly owner = newId();
  private readonly replies = new Map<string, RunningReply>();

  add(reply: RunningReply): void {
    this.replies.set(reply.claim.replyId, reply);
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
