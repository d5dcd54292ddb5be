import { Module } from '@nestjs/common';
import { ReservationSweeper } from './reservation-sweeper';
import { TokenMetrics } from './token-metrics';
import { UsageRepository } from './usage.repository';
import { UsageService } from './usage.service';

@Module({
  providers: [TokenMetrics, UsageRepository, UsageService, ReservationSweeper],
  exports: [TokenMetrics, UsageService],
})
export class UsageModule {}
