import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ApiKeysService } from '../auth/api-keys/api-keys.service';
import { SessionsService } from '../auth/sessions/sessions.service';
import { WsTicketsService } from '../auth/tickets/ws-tickets.service';
import { inPortions } from '../common/cleaner';
import { errorForLog } from '../common/errors/error-for-log';
import { Repeater } from '../common/repeater';
import { Config } from '../config/config';
import { ErasureService } from './erasure.service';

const MOST_MS = 10 * 60_000;
const LEAST_MS = 1_000;

/** Erases guests that stay away, and what is left of old sign-ins. On every replica: they keep out of each other's way. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Housekeeping.name);
  private readonly repeater: Repeater;

  constructor(
    private readonly erasures: ErasureService,
    private readonly sessions: SessionsService,
    private readonly keys: ApiKeysService,
    private readonly tickets: WsTicketsService,
    private readonly config: Config,
  ) {
    this.repeater = new Repeater(
      () => this.clean(),
      () => this.everyMs,
    );
  }

  onApplicationBootstrap(): void {
    this.repeater.start(this.everyMs * Math.random()); // replicas that start together don't clean together
  }

  onModuleDestroy(): Promise<void> {
    return this.repeater.stop();
  }

  private get everyMs(): number {
    return Math.max(LEAST_MS, Math.min(MOST_MS, this.config.auth.guestTtlMs / 2));
  }

  private async clean(): Promise<void> {
    await this.attempt(() => this.erasures.eraseIdleGuests(this.config.auth.guestTtlMs));
    await this.attempt(() => inPortions((limit) => this.sessions.deleteOld(limit)));
    await this.attempt(() => inPortions((limit) => this.keys.deleteExpired(limit)));
    await this.attempt(() => inPortions((limit) => this.tickets.deleteExpired(limit)));
  }

  /** One that fails does not keep the others from being done. */
  private async attempt(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.logger.warn({ msg: 'housekeeping failed', err: errorForLog(error) });
    }
  }
}
