import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { errorForLog } from '../common/errors/error-for-log';
import { Repeater } from '../common/repeater';
import { KeptKeyRepository } from './kept-key.repository';

const CLEAN_MS = 10 * 60_000;

/** Throws away the keys whose time is over. On every replica; it matters to nobody which one does it. */
@Injectable()
export class KeyCleaner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(KeyCleaner.name);
  private readonly repeater = new Repeater(
    () => this.clean(),
    () => CLEAN_MS,
  );

  constructor(private readonly keys: KeptKeyRepository) {}

  onApplicationBootstrap(): void {
    this.repeater.start(CLEAN_MS * Math.random());
  }

  onModuleDestroy(): Promise<void> {
    return this.repeater.stop();
  }

  private async clean(): Promise<void> {
    try {
      await this.keys.deleteExpired();
    } catch (error) {
      this.logger.warn({ msg: 'old keys could not be deleted', err: errorForLog(error) });
    }
  }
}
