import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { DomainError } from '../errors/domain-error';
import type { LimitName, LimitSettings } from './limits';

/** Counts what is no HTTP request against the limits of the requests: both draw on one budget. */
@Injectable()
export class Budgets {
  constructor(
    private readonly storage: ThrottlerStorage,
    private readonly settings: LimitSettings,
  ) {}

  /**
   * Counts one call.
   *
   * @param tracker an account's id, or an address as `normalizeIp` makes it: whatever the limit goes by.
   * @throws DomainError `rate_limited`, with `Retry-After`.
   */
  async spend(name: LimitName, tracker: string): Promise<void> {
    if (!this.settings.enabled) return;
    const { limit, windowMs } = this.settings[name];
    const hit = await this.storage.increment(keyOf(name, tracker), windowMs, limit, windowMs, name);
    if (hit.isBlocked) throw tooManyRequests(hit.timeToBlockExpire);
  }
}

/** The name of one counter. */
export const keyOf = (name: LimitName, tracker: string): string => `${name}:${tracker}`;

export const tooManyRequests = (secondsToWait: number): DomainError =>
  new DomainError('rate_limited', 'Too many requests. Wait a little and try again.', {
    headers: { 'Retry-After': String(Math.max(1, secondsToWait)) },
  });
