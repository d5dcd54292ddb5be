import { Controller, HttpCode, Post, UseGuards, Req } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { Request } from 'express';
import { Authenticated } from '../common/auth/authenticated';
import { CurrentCaller, type Caller } from '../common/auth/caller';
import { Public } from '../common/auth/public';
import { ApiProblems } from '../common/http/api-problems';
import { BodyDto } from '../common/http/declared';
import { Limited } from '../common/throttle/limits';
import type { User } from '../users/user.entity';
import { GuestDto, LoginDto, RefreshDto, RegisterDto, TokensResponse } from './auth.dto';
import { toTokensResponse } from './auth.mapper';
import { AuthService } from './auth.service';
import { LocalGuard } from './passport/local.guard';

@Controller('auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  /** Signs in without an account. */
  @Public()
  @Limited('guest')
  @Post('guest')
  @ApiProblems('validation_failed')
  async guest(@BodyDto() _options: GuestDto): Promise<TokensResponse> {
    return toTokensResponse(await this.auth.signInGuest());
  }

  /** Makes an account and signs in. */
  @Public()
  @Limited('register')
  @Post('register')
  @ApiProblems('validation_failed', 'username_taken', 'overloaded')
  async register(@BodyDto() registration: RegisterDto): Promise<TokensResponse> {
    return toTokensResponse(await this.auth.register(registration));
  }

  /** Signs in. A wrong name and a wrong password get the same answer. */
  @Public()
  @Limited('login')
  @UseGuards(LocalGuard)
  @HttpCode(200)
  @Post('login')
  @ApiBody({ type: LoginDto })
  @ApiProblems('validation_failed', 'invalid_credentials', 'account_disabled', 'overloaded')
  async login(@BodyDto() _credentials: LoginDto, @Req() { user }: Request): Promise<TokensResponse> {
    return toTokensResponse(await this.auth.signIn(user as User));
  }

  /** Takes a refresh token for new tokens. The old one is used up. */
  @Public()
  @HttpCode(200)
  @Post('refresh')
  @ApiProblems('validation_failed', 'unauthenticated', 'session_revoked', 'account_disabled')
  async refresh(@BodyDto() { refreshToken }: RefreshDto): Promise<TokensResponse> {
    return toTokensResponse(await this.auth.refresh(refreshToken));
  }

  /** Ends the session of the access token: on this replica at once, on all within five seconds. */
  @Authenticated()
  @HttpCode(204)
  @Post('logout')
  async logout(@CurrentCaller() { sessionId }: Caller): Promise<void> {
    await this.auth.signOut(sessionId);
  }
}
