import { Module, type DynamicModule } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { LimitStorage } from './limit.storage';
import { LIMITS, type LimitName, type LimitSettings } from './limits';
import { RateLimitRepository } from './rate-limit.repository';

const NAMES = Object.keys(LIMITS) as LimitName[];

@Module({ providers: [RateLimitRepository], exports: [RateLimitRepository] })
class CountersModule {}

@Module({})
export class ThrottleModule {
  static with({ enabled, ...limits }: LimitSettings): DynamicModule {
    const throttlers = NAMES.map((name) => ({ name, limit: limits[name].limit, ttl: limits[name].windowMs }));
    return {
      module: ThrottleModule,
      imports: [
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
      exports: [ThrottlerModule],
    };
  }
}
