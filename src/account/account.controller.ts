import { Controller, Delete, Get, HttpCode, Patch, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { Response } from 'express';
import { Authenticated } from '../common/auth/access';
import { CurrentCaller, type Caller } from '../common/auth/caller';
import { ApiProblems } from '../common/http/api-problems';
import { BodyDto } from '../common/http/declared';
import { Source, type RequestSource } from '../common/http/request-source';
import { sendLines } from '../common/http/send-chunks';
import { UserResponse } from '../users/user.dto';
import { toUserResponse } from '../users/user.mapper';
import { ChangeProfileDto, EraseAccountDto } from './account.dto';
import { AccountExport } from './account-export';
import { AccountService } from './account.service';

@Authenticated()
@Controller('users/me')
export class AccountController {
  constructor(
    private readonly account: AccountService,
    private readonly exported: AccountExport,
  ) {}

  /** Changes what is shown of the account, and which model answers it. */
  @Patch()
  @ApiProblems('unknown_model')
  async change(@CurrentCaller() caller: Caller, @BodyDto() changes: ChangeProfileDto): Promise<UserResponse> {
    return toUserResponse(await this.account.change(caller, changes));
  }

  /** Erases the account and all it owns. Members prove that they are its owner by their password. */
  @HttpCode(204)
  @Delete()
  @ApiProblems('invalid_credentials', 'conflict', 'overloaded')
  async erase(
    @CurrentCaller() caller: Caller,
    @BodyDto() { password }: EraseAccountDto,
    @Source() source: RequestSource,
  ): Promise<void> {
    await this.account.erase(caller, password, source);
  }

  /** All of the account's data, one JSON object a line: the user, then each conversation with its messages after it. */
  @Get('export')
  @ApiOkResponse({
    description:
      'Each line has a `type`: `user`, `conversation` or `message`, and the members of that schema.',
    content: { 'application/x-ndjson': { schema: { type: 'string' } } },
  })
  async export(
    @CurrentCaller() { userId }: Caller,
    @Source() source: RequestSource,
    @Res() response: Response,
  ): Promise<void> {
    await sendLines(response, await this.exported.of(userId, source));
  }
}
