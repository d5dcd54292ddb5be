import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { errorForLog } from '../common/errors/error-for-log';
import { Repeater } from '../common/repeater';
import { UsageRepository } from './usage.repository';

const SWEEP_MS = 60_000;
const AT_ONCE = 1_000;

/** Settles the calls whose process has died. On every replica: each row is taken once, whoever comes first. */
@Injectable()
export class ReservationSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ReservationSweeper.name);
  private readonly repeater = new Repeater(
    () => this.sweep(),
    () => SWEEP_MS,
  );

  constructor(private readonly usage: UsageRepository) {}

  onApplicationBootstrap(): void {
    this.repeater.start(SWEEP_MS * Math.random());
  }

  onModuleDestroy(): Promise<void> {
    return this.repeater.stop();
  }

  private async sweep(): Promise<void> {
    try {
      while ((await this.usage.settleExpired(AT_ONCE)) === AT_ONCE);
    } catch (error) {
      this.logger.warn({ msg: 'calls of dead processes could not be settled', err: errorForLog(error) });
    }
  }
}
