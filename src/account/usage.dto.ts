import { ApiProperty } from '@nestjs/swagger';
import { MayBeAbsent } from '../common/validation/text';
import { Day } from '../common/validation/day';

const PERIODS = ['day', 'month'] as const;

export class UsageQueryDto {
  /** The first day, UTC. Absent: 30 days before the last one. */
  @MayBeAbsent()
  @Day()
  from?: string;

  /** The last day, UTC; at most 366 days after the first one. Absent: today. */
  @MayBeAbsent()
  @Day()
  to?: string;
}

export class UsageOfDayResponse {
  /** UTC. */
  @ApiProperty({ format: 'date' })
  day!: string;
  /** `provider/model` that answered. */
  model!: string;
  /** Replies, and calls of `/v1`. */
  replies!: number;
  promptTokens!: number;
  completionTokens!: number;
}

export class QuotaResponse {
  @ApiProperty({ enum: PERIODS })
  period!: 'day' | 'month';
  /** Prompt plus completion tokens that the account may take in a period. Null: any number. */
  limitTokens!: number | null;
  /** Taken in the running period, and set aside for replies that are being written. */
  usedTokens!: number;
  /** When the next period begins. */
  resetsAt!: string;
}

export class UsageReportResponse {
  /** Newest day first. */
  data!: UsageOfDayResponse[];
  quota!: QuotaResponse;
}
