import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Repeater } from '../../common/repeater';
import { ReplyBeats } from './reply-beats';
import { ReplyRepository } from './reply.repository';
import { RunningReplies } from './running-replies';

const QUICK_BEAT_MS = 250;

/**
 * Four times a second, what the heartbeat is too slow for: new text of replies that are read by way of other replicas, and cancels
 * asked for there. Two statements at most, and none while nothing is being written.
 */
@Injectable()
export class QuickBeat implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly repeater = new Repeater(
    () => this.beat().catch(() => undefined), // the heartbeat says that the database is away, and makes up for what was missed
    () => QUICK_BEAT_MS,
  );

  constructor(
    private readonly beats: ReplyBeats,
    private readonly replies: ReplyRepository,
    private readonly running: RunningReplies,
  ) {}

  onApplicationBootstrap(): void {
    this.repeater.start(QUICK_BEAT_MS);
  }

  onModuleDestroy(): Promise<void> {
    return this.repeater.stop();
  }

  private async beat(): Promise<void> {
    const replies = this.running.all();
    if (replies.length === 0) return;
    this.running.stop(await this.replies.cancelRequested(this.running.owner), 'cancelled');
    const watched = replies.filter(
      ({ watched, buffer, storedLength }) => watched && buffer.length > storedLength,
    );
    if (watched.length > 0) await this.beats.send(watched);
  }
}
