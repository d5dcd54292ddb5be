import { Injectable, Logger } from '@nestjs/common';
import { errorForLog } from '../../common/errors/error-for-log';
import { isDataError } from '../../database/database-errors';
import { ReplyRepository, type Beat, type BeatResult } from './reply.repository';
import type { RunningReply } from './running-reply';
import { RunningReplies } from './running-replies';

/** A statement: more rows hold each other up, and more text than it can take in its time would never be stored (docs/reply-engine.md). */
const MOST_ROWS = 2_000;
const MOST_UNITS = 8_000_000;

/** Stores the new text of replies, extends their leases, and has them do what the database says of them. */
@Injectable()
export class ReplyBeats {
  private readonly logger = new Logger(ReplyBeats.name);

  constructor(
    private readonly replies: ReplyRepository,
    private readonly running: RunningReplies,
  ) {}

  /** Sends one statement at least, so that its answer tells of the database. @throws what the database does not answer with */
  async send(replies: readonly RunningReply[]): Promise<void> {
    const failures: unknown[] = [];
    for (const batch of toBatches(replies.filter(({ hasRow }) => hasRow)))
      await this.sendBatch(batch).catch((error: unknown) => failures.push(error)); // the next one has leases to extend, too
    if (failures.length > 0) throw failures[0];
  }

  private async sendBatch(batch: readonly RunningReply[]): Promise<void> {
    const sentAt = performance.now();
    try {
      apply(await this.replies.beat(this.running.owner, batch.map(toBeat)), batch, sentAt);
    } catch (error) {
      if (!isDataError(error)) throw error;
      await this.sendHalves(batch, error);
    }
  }

  /** One text that the database does not take must not cost the others their leases: that reply is left to run out. */
  private async sendHalves(batch: readonly RunningReply[], error: unknown): Promise<void> {
    const [first, middle] = [batch[0]!, Math.ceil(batch.length / 2)];
    if (batch.length > 1) {
      await this.sendBatch(batch.slice(0, middle));
      await this.sendBatch(batch.slice(middle));
      return;
    }
    const { replyId } = first.claim;
    this.logger.error({
      msg: 'the database does not take the text of a reply',
      replyId,
      err: errorForLog(error),
    });
    first.stop('lost');
  }
}

function apply(results: readonly BeatResult[], sent: readonly RunningReply[], sentAt: number): void {
  const replies = new Map(sent.map((reply) => [reply.claim.replyId, reply]));
  for (const result of results) {
    const reply = replies.get(result.replyId)!;
    if (result.state === 'lost') reply.stop('lost');
    if (result.state !== 'ok') continue;
    reply.hold(sentAt, result.length);
    reply.watched = result.watched;
    if (result.cancelled) reply.stop('cancelled');
  }
}

const toBeat = ({ claim, buffer: { text }, storedLength }: RunningReply): Beat => ({
  ...claim,
  from: storedLength,
  to: text.length,
  delta: text.slice(storedLength),
});

/** At least one, if an empty one. */
function* toBatches(replies: readonly RunningReply[]): Generator<RunningReply[]> {
  let batch: RunningReply[] = [];
  let units = 0;
  for (const reply of replies) {
    const more = reply.buffer.length - reply.storedLength;
    const fits = batch.length < MOST_ROWS && units + more <= MOST_UNITS;
    if (!fits && batch.length > 0) {
      yield batch;
      [batch, units] = [[], 0];
    }
    batch.push(reply);
    units += more;
  }
  yield batch;
}
