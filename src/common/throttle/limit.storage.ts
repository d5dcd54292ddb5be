import { ThrottlerStorageService, type ThrottlerStorage } from '@nestjs/throttler';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { LIMITS, type LimitName } from './limits';
import type { RateLimitRepository } from './rate-limit.repository';

type Hit = Awaited<ReturnType<ThrottlerStorage['increment']>>;

const CLEAN_MS = 10 * 60_000;

/** Strict limits in Postgres, the rest in this process's memory. */
export class LimitStorage extends ThrottlerStorageService implements OnModuleInit, OnApplicationShutdown {
  private cleaner?: NodeJS.Timeout;

  constructor(private readonly counters: RateLimitRepository) {
    super();
  }

  onModuleInit(): void {
    const clean = () => void this.counters.deleteExpired().catch(() => undefined); // the next round does it
    this.cleaner = setInterval(clean, CLEAN_MS).unref();
  }

  override onApplicationShutdown(): void {
    clearInterval(this.cleaner);
    super.onApplicationShutdown();
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
