import { Controller, HttpCode, Put } from '@nestjs/common';
import { Authenticated } from '../../common/auth/access';
import { CurrentCaller, CurrentSession, type Caller } from '../../common/auth/caller';
import { ApiProblems } from '../../common/http/api-problems';
import { BodyDto } from '../../common/http/declared';
import { Source, type RequestSource } from '../../common/http/request-source';
import { ChangePasswordDto } from './password.dto';
import { PasswordsService } from './passwords.service';

@Authenticated()
@Controller('users/me/password')
export class PasswordsController {
  constructor(private readonly passwords: PasswordsService) {}

  /** Changes the password, and ends every other session. */
  @HttpCode(204)
  @Put()
  @ApiProblems('invalid_credentials', 'forbidden', 'conflict', 'overloaded')
  async change(
    @CurrentCaller() { userId }: Caller,
    @CurrentSession() sessionId: string,
    @BodyDto() passwords: ChangePasswordDto,
    @Source() source: RequestSource,
  ): Promise<void> {
    await this.passwords.change({ userId, sessionId, ...passwords }, source);
  }
}
