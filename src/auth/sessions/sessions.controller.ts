import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { Authenticated } from '../../common/auth/access';
import { CurrentCaller, CurrentSession, type Caller } from '../../common/auth/caller';
import { ApiPage } from '../../common/http/api-page';
import { ApiProblems } from '../../common/http/api-problems';
import { QueryDto } from '../../common/http/declared';
import { IdParam } from '../../common/http/id.pipe';
import { Source, type RequestSource } from '../../common/http/request-source';
import { mapPage, type Page } from '../../common/paging/page';
import { pageById, PageQueryDto } from '../../common/paging/page-query.dto';
import { SessionResponse } from './session.dto';
import { toSessionResponse } from './session.mapper';
import { SessionsService } from './sessions.service';

@Authenticated()
@Controller('auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  /** Where the account is signed in, newest first. */
  @Get()
  @ApiPage(SessionResponse)
  async list(
    @CurrentCaller() { userId }: Caller,
    @CurrentSession() currentId: string,
    @QueryDto() query: PageQueryDto,
  ): Promise<Page<SessionResponse>> {
    return mapPage(await this.sessions.list(userId, pageById(query)), toSessionResponse(currentId));
  }

  /** Ends one session, on every replica within five seconds. */
  @HttpCode(204)
  @Delete(':id')
  @ApiProblems('not_found')
  async end(
    @CurrentCaller() { userId }: Caller,
    @IdParam() id: string,
    @Source() source: RequestSource,
  ): Promise<void> {
    await this.sessions.end(userId, id, source);
  }

  /** Ends every session but the one that this call is made with. */
  @HttpCode(204)
  @Delete()
  async endOthers(
    @CurrentCaller() { userId }: Caller,
    @CurrentSession() currentId: string,
    @Source() source: RequestSource,
  ): Promise<void> {
    await this.sessions.endOthers(userId, currentId, source);
  }
}
