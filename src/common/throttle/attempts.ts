import { Injectable } from '@nestjs/common';
import { DomainError } from '../errors/domain-error';
import type { LimitSettings } from './limits';
import { RateLimitRepository } from './rate-limit.repository';

/** Limits how often something may fail: each attempt is counted before it is made, and taken off again when it succeeds. */
@Injectable()
export class Attempts {
  constructor(
    private readonly counters: RateLimitRepository,
    private readonly settings: Pick<LimitSettings, 'enabled' | 'login'>,
  ) {}

  /** Counts an attempt. The seconds to wait where there were too many; null: go on. */
  async count(what: string): Promise<number | null> {
    if (!this.settings.enabled) return null;
    const { limit, windowMs } = this.settings.login;
    const { hits, secondsLeft } = await this.counters.hit(keyOf(what), windowMs);
    return hits > limit ? secondsLeft : null;
  }

  /** The attempt counted last has succeeded. */
  async takeBack(what: string): Promise<void> {
    if (this.settings.enabled) await this.counters.takeBack(keyOf(what));
  }
}

const keyOf = (what: string) => `attempt:${what}`;

/** @throws DomainError `rate_limited` */
export function tooManyAttempts(secondsToWait: number): DomainError {
  return new DomainError('rate_limited', 'Too many wrong passwords. Wait a little and try again.', {
    headers: { 'Retry-After': String(secondsToWait) },
  });
}
