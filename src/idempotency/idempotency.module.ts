import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Cleaner } from '../common/cleaner';
import { Replays } from '../common/throttle/replays';
import { IdempotencyService } from './idempotency.service';
import { KeptReplays } from './kept-replays';
import { KeptKey } from './kept-key.entity';
import { KeptKeyRepository } from './kept-key.repository';

@Module({
  imports: [TypeOrmModule.forFeature([KeptKey])],
  providers: [
    IdempotencyService,
    KeptKeyRepository,
    {
      provide: Cleaner,
      inject: [KeptKeyRepository],
      useFactory: (keys: KeptKeyRepository) => new Cleaner('old keys', keys),
    },
    { provide: Replays, useClass: KeptReplays },
  ],
  exports: [IdempotencyService, Replays],
})
export class IdempotencyModule {}
