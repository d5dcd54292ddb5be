import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReplyBeats } from './reply-beats';
import type { RunningReply } from './running-reply';

/** Until a row that somebody holds for a moment is tried again. */
const BUSY_MS = 20;

/**
 * Has the first text of a reply stored before anybody reads it, without waiting for the heartbeat: only then does whoever takes the
 * reply over know that somebody may have read of it. First texts that fall together share one statement, one statement at a time.
 */
@Injectable()
export class FirstTexts {
  private readonly waiting = new Set<RunningReply>();
  /** Of the statement that is on its way. Null: none is. */
  private underWay: ReadonlySet<RunningReply> | null = null;

  constructor(private readonly beats: ReplyBeats) {}

  /** Waited for by nobody: the reply's readers get the text once it is stored. What fails is left to the heartbeat. */
  store(reply: RunningReply): void {
    if (this.underWay?.has(reply)) return;
    this.waiting.add(reply);
    if (!this.underWay) void this.storeAll().catch(() => this.waiting.clear());
  }

  private async storeAll(): Promise<void> {
    try {
      while (this.waiting.size > 0) {
        const replies = new Set(this.waiting);
        this.underWay = replies;
        this.waiting.clear();
        await this.beats.send([...replies]);
        const busy = [...replies].filter(({ awaitsFirstText }) => awaitsFirstText);
        for (const reply of busy) this.waiting.add(reply);
        if (busy.length > 0) await sleep(BUSY_MS);
      }
    } finally {
      this.underWay = null;
    }
  }
}
