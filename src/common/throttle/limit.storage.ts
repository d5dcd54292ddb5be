import { ThrottlerStorageService, type ThrottlerStorage } from '@nestjs/throttler';
import { LIMITS, type LimitName } from './limits';
import type { RateLimitRepository } from './rate-limit.repository';

type Hit = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Strict limits in Postgres, the rest in this process's memory. */
export class LimitStorage extends ThrottlerStorageService {
  constructor(private readonly counters: RateLimitRepository) {
    super();
  }

  override async increment(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    name: string,
  ): Promise<Hit> {
    if (!LIMITS[name as LimitName].strict) return super.increment(key, ttl, limit, blockDuration, name);
    const { hits, secondsLeft } = await this.counters.hit(key, ttl);
    return {
      totalHits: hits,
      timeToExpire: secondsLeft,
      isBlocked: hits > limit,
      timeToBlockExpire: secondsLeft,
    };
  }
}
