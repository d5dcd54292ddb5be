import { Controller, Get } from '@nestjs/common';
import { Authenticated } from '../common/auth/access';
import { CurrentCaller, type Caller } from '../common/auth/caller';
import { UserResponse } from './user.dto';
import { toUserResponse } from './user.mapper';
import { UsersService } from './users.service';

@Authenticated('chat')
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  /** The account that is signed in. */
  @Get('me')
  async me(@CurrentCaller() caller: Caller): Promise<UserResponse> {
    return toUserResponse(await this.users.own(caller.userId));
  }
}
