import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { errorForLog } from './errors/error-for-log';
import { Repeater } from './repeater';

const CLEAN_MS = 10 * 60_000;
/** So that one statement keeps to its time, whatever has piled up. */
const AT_ONCE = 5_000;

/** Rows that nobody misses once their time is over. */
export interface Expiring {
  /** How many it deleted: `limit` at most. */
  deleteExpired(limit: number): Promise<number>;
}

/** Deletes rows whose time is over. On every replica; it matters to nobody which one does it. */
export class Cleaner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Cleaner.name);
  private readonly repeater = new Repeater(
    () => this.clean(),
    () => CLEAN_MS,
  );

  /** @param what in words, for the log. */
  constructor(
    private readonly what: string,
    private readonly rows: Expiring,
  ) {}

  onApplicationBootstrap(): void {
    this.repeater.start(CLEAN_MS * Math.random());
  }

  onModuleDestroy(): Promise<void> {
    return this.repeater.stop();
  }

  private async clean(): Promise<void> {
    try {
      await inPortions((limit) => this.rows.deleteExpired(limit));
    } catch (error) {
      this.logger.warn({ msg: `${this.what} could not be deleted`, err: errorForLog(error) });
    }
  }
}

/** Deletes all that was there. What is over in the meantime can wait. */
export async function inPortions(deleteSome: (limit: number) => Promise<number>): Promise<void> {
  while ((await deleteSome(AT_ONCE)) >= AT_ONCE);
}
