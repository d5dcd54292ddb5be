import { Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiCookieAuth, ApiSecurity } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authenticated, Public, TokenOptional } from '../common/auth/access';
import { CurrentSession, MaybeCaller, type Caller } from '../common/auth/caller';
import { ApiProblems } from '../common/http/api-problems';
import { BodyDto } from '../common/http/declared';
import { Source, type RequestSource } from '../common/http/request-source';
import { Limited } from '../common/throttle/limits';
import type { User } from '../users/user.entity';
import { GuestDto, LoginDto, RefreshDto, RegisterDto, TicketResponse, TokensResponse } from './auth.dto';
import { toTokensResponse } from './auth.mapper';
import { AuthService, type SignIn } from './auth.service';
import { LocalGuard } from './passport/local.guard';
import { RefreshCookie, refreshTokenMissing } from './refresh-cookie';
import { RegistrationService } from './registration.service';
import { TICKET_SECONDS, WsTicketsService } from './tickets/ws-tickets.service';

@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly registration: RegistrationService,
    private readonly tickets: WsTicketsService,
    private readonly cookie: RefreshCookie,
  ) {}

  /** Signs in without an account. */
  @Public()
  @Limited('guest')
  @Post('guest')
  @ApiProblems('validation_failed', 'forbidden')
  async guest(
    @BodyDto() { transport }: GuestDto,
    @Source() source: RequestSource,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensResponse> {
    const user = await this.registration.createGuest();
    return this.answer(response, await this.auth.signIn(user, { transport, source }));
  }

  /** Makes an account and signs in. With a guest's token, the guest becomes the member and keeps its conversations. */
  @TokenOptional()
  @Limited('register')
  @Post('register')
  @ApiSecurity({})
  @ApiBearerAuth()
  @ApiProblems('validation_failed', 'username_taken', 'conflict', 'forbidden', 'overloaded')
  async register(
    @BodyDto() { transport, ...registration }: RegisterDto,
    @MaybeCaller() caller: Caller | null,
    @Source() source: RequestSource,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensResponse> {
    const user = await this.registration.register(registration, caller, source);
    return this.answer(response, await this.auth.signIn(user, { transport, source }));
  }

  /** Signs in. A wrong name and a wrong password get the same answer. */
  @Public()
  @Limited('login')
  @UseGuards(LocalGuard)
  @HttpCode(200)
  @Post('login')
  @ApiBody({ type: LoginDto })
  @ApiProblems('validation_failed', 'invalid_credentials', 'account_disabled', 'overloaded')
  async login(
    @BodyDto() { transport }: LoginDto,
    @Req() { user }: Request,
    @Source() source: RequestSource,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensResponse> {
    return this.answer(response, await this.auth.logIn(user as unknown as User, { transport, source }));
  }

  /** Takes a refresh token, of the body or of the cookie, for new tokens. The old one is used up. */
  @Public()
  @HttpCode(200)
  @Post('refresh')
  @ApiSecurity({})
  @ApiCookieAuth()
  @ApiProblems('validation_failed', 'unauthenticated', 'session_revoked', 'account_disabled', 'forbidden')
  async refresh(
    @BodyDto() { refreshToken }: RefreshDto,
    @Source() source: RequestSource,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensResponse> {
    const token = refreshToken ?? this.cookie.read(response.req);
    if (token === null) throw refreshTokenMissing();
    return this.answer(response, await this.auth.refresh(token, source));
  }

  /** Ends the session of the access token, or of the cookie alone: on every replica within five seconds. */
  @TokenOptional()
  @HttpCode(204)
  @Post('logout')
  @ApiBearerAuth()
  @ApiCookieAuth()
  @ApiProblems('forbidden')
  async logout(
    @MaybeCaller() caller: Caller | null,
    @Source() source: RequestSource,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const token = caller ? null : this.cookie.read(response.req);
    await this.auth.signOut(caller ?? token, source);
    this.cookie.clear(response);
  }

  /** A ticket that opens one WebSocket within thirty seconds, so that no access token need be handed to it. */
  @Authenticated()
  @Post('ws-ticket')
  async ticket(@CurrentSession() sessionId: string): Promise<TicketResponse> {
    return { ticket: await this.tickets.issue(sessionId), expiresIn: TICKET_SECONDS };
  }

  private answer(response: Response, signIn: SignIn): TokensResponse {
    if (signIn.transport === 'cookie') this.cookie.set(response, signIn.refreshToken);
    return toTokensResponse(signIn);
  }
}
