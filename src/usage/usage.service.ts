import { Injectable } from '@nestjs/common';
import { Config } from '../config/config';
import { limitOf } from './quota';
import type { DayOfUsage, Quota, Reservation, SpentTokens, WantedTokens } from './tokens';
import { TokenMetrics } from './token-metrics';
import { UsageRepository } from './usage.repository';

/** A call that has gone on for longer than it can has lost its process. */
const GRACE_MS = 60_000;

@Injectable()
export class UsageService {
  constructor(
    private readonly usage: UsageRepository,
    private readonly config: Config,
    private readonly metrics: TokenMetrics,
  ) {}

  /**
   * Notes a call that is no reply, and sets tokens aside for it where a quota applies to the account. Replies do so as they are opened.
   *
   * @throws DomainError `quota_exceeded` – with `Retry-After` and `resetsAt`: nothing is left of the quota.
   */
  async reserve(userId: string, wanted: WantedTokens): Promise<Reservation> {
    const id = await this.usage.reserve(userId, wanted, this.config.llm.totalTimeoutMs + GRACE_MS);
    return { id, userId };
  }

  /** Counts what a call has taken, and gives back what was set aside for it. Null: it has taken nothing. */
  async settle(reservation: Reservation, spent: SpentTokens | null): Promise<void> {
    await this.usage.settle(reservation, spent);
    if (spent) this.metrics.count(spent);
  }

  /** What an account has taken, newest day first. Days are `YYYY-MM-DD` in UTC, both included. */
  days(userId: string, from: string, to: string): Promise<DayOfUsage[]> {
    return this.usage.days(userId, from, to);
  }

  async quota(userId: string): Promise<Quota> {
    const { quota, spentTokens, reservedTokens, resetsAt } = await this.usage.quota(userId);
    const usedTokens = spentTokens + reservedTokens;
    const { usage } = this.config;
    return { period: usage.quotaPeriod, limitTokens: limitOf(quota, usage), usedTokens, resetsAt };
  }
}
