import { Injectable } from '@nestjs/common';
import { SocketAuthenticator, type SignedIn } from '../../common/auth/socket-authenticator';
import type { RequestSource } from '../../common/http/request-source';
import { toUserResponse } from '../../users/user.mapper';
import { UsersService } from '../../users/users.service';
import { revoked } from '../sessions/session-checks';
import { WsTicketsService } from '../tickets/ws-tickets.service';
import { BearerTokens } from './bearer-tokens';
import { LiveCredentials } from './live-credentials';

@Injectable()
export class SocketSignIn extends SocketAuthenticator {
  constructor(
    private readonly tokens: BearerTokens,
    private readonly tickets: WsTicketsService,
    private readonly users: UsersService,
    private readonly credentials: LiveCredentials,
  ) {
    super();
  }

  async byToken(token: string, source: RequestSource): Promise<SignedIn> {
    return this.signIn(await this.tokens.callerOf(token, source));
  }

  async byTicket(ticket: string, source: RequestSource): Promise<SignedIn> {
    return this.signIn({ caller: await this.tickets.redeem(ticket, source), keyDigest: null });
  }

  ended<T extends SignedIn>(all: readonly T[]): Promise<T[]> {
    return this.credentials.ended(all);
  }

  /** What is remembered may be 4 s old, and it takes a moment until `ended` is asked: together more than the 5 s of the contract. */
  private async signIn(holder: Omit<SignedIn, 'user'>): Promise<SignedIn> {
    const { userId } = holder.caller;
    const [user, ended] = await Promise.all([this.users.own(userId), this.credentials.ended([holder])]);
    if (ended.length > 0) throw revoked();
    return { ...holder, user: toUserResponse(user) };
  }
}
