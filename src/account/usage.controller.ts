import { Controller, Get } from '@nestjs/common';
import { Authenticated } from '../common/auth/access';
import { CurrentCaller, type Caller } from '../common/auth/caller';
import { QueryDto } from '../common/http/declared';
import { UsageQueryDto, UsageReportResponse } from './usage.dto';
import { toUsageReportResponse } from './usage.mapper';
import { UsageReports } from './usage-report';

@Authenticated('chat')
@Controller('users/me/usage')
export class UsageController {
  constructor(private readonly reports: UsageReports) {}

  /** What the account has taken, by day and model, and how it stands against its quota. */
  @Get()
  async report(
    @CurrentCaller() caller: Caller,
    @QueryDto() query: UsageQueryDto,
  ): Promise<UsageReportResponse> {
    return toUsageReportResponse(await this.reports.of(caller, query));
  }
}
