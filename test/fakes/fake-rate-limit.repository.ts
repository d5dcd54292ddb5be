import { Attempts } from '../../src/common/throttle/attempts';
import type { RateLimitRepository } from '../../src/common/throttle/rate-limit.repository';
import { standIn, type Public } from '../support/stand-in';

/** Counters in memory, whose windows never end. */
export class FakeRateLimitRepository implements Public<RateLimitRepository> {
  private readonly hits = new Map<string, number>();

  get all(): number[] {
    return [...this.hits.values()];
  }

  hit(key: string) {
    const hits = (this.hits.get(key) ?? 0) + 1;
    this.hits.set(key, hits);
    return Promise.resolve({ hits, secondsLeft: 60 });
  }

  takeBack(key: string) {
    this.hits.set(key, (this.hits.get(key) ?? 0) - 1);
    return Promise.resolve();
  }

  deleteExpired() {
    return Promise.resolve(0);
  }

  /** Attempts that are counted here. */
  attempts(limit: number): Attempts {
    const settings = { enabled: true, login: { limit, windowMs: 60_000 } };
    return new Attempts(standIn<RateLimitRepository>(this), settings);
  }
}
