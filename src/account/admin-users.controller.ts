import { Controller, Delete, Get, HttpCode, Patch } from '@nestjs/common';
import { Authenticated } from '../common/auth/access';
import { CurrentCaller, type Caller } from '../common/auth/caller';
import { ApiPage } from '../common/http/api-page';
import { ApiProblems } from '../common/http/api-problems';
import { BodyDto, QueryDto } from '../common/http/declared';
import { IdParam } from '../common/http/id.pipe';
import { Source, type RequestSource } from '../common/http/request-source';
import { mapPage, type Page } from '../common/paging/page';
import { pageById } from '../common/paging/page-query.dto';
import { AdminUserResponse } from '../users/user.dto';
import { toAdminUserResponse } from '../users/user.mapper';
import { UsersService } from '../users/users.service';
import { AdministerUserDto, UserQueryDto } from './admin-users.dto';
import { AdminUsersService } from './admin-users.service';

@Authenticated('admin')
@Controller('users')
export class AdminUsersController {
  constructor(
    private readonly users: UsersService,
    private readonly administration: AdminUsersService,
  ) {}

  /** All accounts, newest first. */
  @Get()
  @ApiPage(AdminUserResponse)
  async list(@QueryDto() { q, role, ...page }: UserQueryDto): Promise<Page<AdminUserResponse>> {
    return mapPage(await this.users.list({ q, role }, pageById(page)), toAdminUserResponse);
  }

  /** One account. */
  @Get(':id')
  @ApiProblems('not_found')
  async get(@IdParam() id: string): Promise<AdminUserResponse> {
    return toAdminUserResponse(await this.users.get(id));
  }

  /** Disables or enables an account, or changes its role or quota. The last administrator stays one. */
  @Patch(':id')
  @ApiProblems('not_found', 'conflict')
  async change(
    @CurrentCaller() { userId }: Caller,
    @IdParam() id: string,
    @BodyDto() changes: AdministerUserDto,
    @Source() source: RequestSource,
  ): Promise<AdminUserResponse> {
    return toAdminUserResponse(await this.administration.change({ userId, source }, id, changes));
  }

  /** Signs an account out everywhere, within five seconds. Its API keys go on. */
  @HttpCode(204)
  @Delete(':id/sessions')
  @ApiProblems('not_found')
  async endSessions(
    @CurrentCaller() { userId }: Caller,
    @IdParam() id: string,
    @Source() source: RequestSource,
  ): Promise<void> {
    await this.administration.endSessions({ userId, source }, id);
  }

  /** Erases an account and all it owns. */
  @HttpCode(204)
  @Delete(':id')
  @ApiProblems('not_found', 'conflict')
  async erase(
    @CurrentCaller() admin: Caller,
    @IdParam() id: string,
    @Source() source: RequestSource,
  ): Promise<void> {
    await this.administration.erase(admin, id, source);
  }
}
