import { Controller, Get } from '@nestjs/common';
import { Authenticated } from '../common/auth/access';
import { ApiPage } from '../common/http/api-page';
import { QueryDto } from '../common/http/declared';
import { mapPage, type Page } from '../common/paging/page';
import { pageById } from '../common/paging/page-query.dto';
import { AuditEventResponse, AuditQueryDto } from './audit.dto';
import { toAuditEventResponse } from './audit.mapper';
import { AuditService } from './audit.service';

@Authenticated('admin')
@Controller('audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  /** The security log, newest first: sign-ins, refusals, keys, roles, exports, erasures. */
  @Get()
  @ApiPage(AuditEventResponse)
  async list(@QueryDto() { userId, action, ...page }: AuditQueryDto): Promise<Page<AuditEventResponse>> {
    return mapPage(await this.audit.list({ userId, action }, pageById(page)), toAuditEventResponse);
  }
}
