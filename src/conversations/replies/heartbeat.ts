import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { errorForLog } from '../../common/errors/error-for-log';
import { ReplyRepository, type Beat, type BeatResult } from './reply.repository';
import type { RunningReply } from './running-reply';
import { Repeater } from '../../common/repeater';
import { RunningReplies } from './running-replies';

const BEAT_MS = 1_000;
/** A statement: more rows hold each other up, and more text than it can take in its time would never be stored (docs/reply-engine.md). */
const MOST_ROWS = 2_000;
const MOST_UNITS = 8_000_000;

/** Once a second, in one statement: stores what was written and says that we live. Also when there is nothing to store. */
@Injectable()
export class Heartbeat implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Heartbeat.name);
  private readonly repeater = new Repeater(
    () => this.beat(),
    () => BEAT_MS,
  );
  private steadySince = Infinity;

  constructor(
    private readonly replies: ReplyRepository,
    private readonly running: RunningReplies,
  ) {}

  onApplicationBootstrap(): void {
    this.repeater.start(0);
  }

  onModuleDestroy(): Promise<void> {
    return this.repeater.stop();
  }

  /** For how long every beat has been answered. Zero after a failure. */
  get steadyMs(): number {
    return Math.max(0, performance.now() - this.steadySince);
  }

  private async beat(): Promise<void> {
    const replies = this.running.all().filter(({ hasRow }) => hasRow);
    try {
      for (const batch of toBatches(replies.map(toBeat)))
        this.apply(await this.replies.beat(this.running.owner, batch));
      this.steadySince = Math.min(this.steadySince, performance.now());
    } catch (error) {
      const news = this.steadySince < Infinity; // one line an outage, not one a second
      this.steadySince = Infinity;
      if (news)
        this.logger.warn({ msg: 'heartbeat failed', replies: replies.length, err: errorForLog(error) });
    }
  }

  private apply(results: readonly BeatResult[]): void {
    for (const result of results) {
      const reply = this.running.find(result.replyId);
      if (result.state === 'ok' && reply) reply.storedLength = result.length;
      if (result.state === 'lost') reply?.stop('lost');
    }
  }
}

function toBeat({ claim, buffer: { text }, storedLength }: RunningReply): Beat {
  return { ...claim, from: storedLength, to: text.length, delta: text.slice(storedLength) };
}

/** At least one, if an empty one. */
function* toBatches(beats: readonly Beat[]): Generator<Beat[]> {
  let batch: Beat[] = [];
  let units = 0;
  for (const beat of beats) {
    const fits = batch.length < MOST_ROWS && units + beat.delta.length <= MOST_UNITS;
    if (!fits && batch.length > 0) {
      yield batch;
      [batch, units] = [[], 0];
    }
    batch.push(beat);
    units += beat.delta.length;
  }
  yield batch;
}
