import { Module, type DynamicModule } from '@nestjs/common';
import { ThrottlerModule, ThrottlerStorage } from '@nestjs/throttler';
import { Cleaner } from '../cleaner';
import { Attempts } from './attempts';
import { Budgets } from './budgets';
import { LimitStorage } from './limit.storage';
import { LIMITS, type LimitName, type LimitSettings } from './limits';
import { RateLimitRepository } from './rate-limit.repository';

const NAMES = Object.keys(LIMITS) as LimitName[];

@Module({
  providers: [
    RateLimitRepository,
    {
      provide: Cleaner,
      inject: [RateLimitRepository],
      useFactory: (counters: RateLimitRepository) => new Cleaner('old counters of limits', counters),
    },
  ],
  exports: [RateLimitRepository],
})
class CountersModule {}

@Module({})
export class ThrottleModule {
  static with(settings: LimitSettings): DynamicModule {
    const { enabled, ...limits } = settings;
    const throttlers = NAMES.map((name) => ({ name, limit: limits[name].limit, ttl: limits[name].windowMs }));
    return {
      module: ThrottleModule,
      global: true,
      imports: [
        CountersModule,
        ThrottlerModule.forRootAsync({
          imports: [CountersModule],
          inject: [RateLimitRepository],
          useFactory: (counters: RateLimitRepository) => ({
            throttlers,
            storage: new LimitStorage(counters),
            skipIf: () => !enabled,
          }),
        }),
      ],
      providers: [
        {
          provide: Attempts,
          inject: [RateLimitRepository],
          useFactory: (counters: RateLimitRepository) => new Attempts(counters, settings),
        },
        {
          provide: Budgets,
          inject: [ThrottlerStorage],
          useFactory: (storage: ThrottlerStorage) => new Budgets(storage, settings),
        },
      ],
      exports: [ThrottlerModule, Attempts, Budgets],
    };
  }
}
