import { Module } from '@nestjs/common';
import { ReservationSweeper } from './reservation-sweeper';
import { UsageRepository } from './usage.repository';
import { UsageService } from './usage.service';

@Module({
  providers: [UsageRepository, UsageService, ReservationSweeper],
  exports: [UsageService],
})
export class UsageModule {}
