import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Replays } from '../common/throttle/replays';
import { IdempotencyService } from './idempotency.service';
import { KeyCleaner } from './key-cleaner';
import { KeptReplays } from './kept-replays';
import { KeptKey } from './kept-key.entity';
import { KeptKeyRepository } from './kept-key.repository';

@Module({
  imports: [TypeOrmModule.forFeature([KeptKey])],
  providers: [IdempotencyService, KeptKeyRepository, KeyCleaner, { provide: Replays, useClass: KeptReplays }],
  exports: [IdempotencyService, Replays],
})
export class IdempotencyModule {}
