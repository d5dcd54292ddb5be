import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service';
import type { Caller } from '../common/auth/caller';
import { DomainError } from '../common/errors/domain-error';
import type { RequestSource } from '../common/http/request-source';
import type { User } from '../users/user.entity';
import { UsersService } from '../users/users.service';
import { AccessTokens } from './access-tokens';
import { usable } from './passwords/credentials.service';
import type { Transport } from './sessions/session.entity';
import { SessionsService, type OpenSession } from './sessions/sessions.service';

/** What a sign-in gives. */
export interface SignIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly transport: Transport;
  readonly user: User;
}

/** How and from where somebody signs in. */
export interface SignInRequest {
  readonly transport?: Transport;
  readonly source: RequestSource;
}

@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly accessTokens: AccessTokens,
    private readonly audit: AuditService,
  ) {}

  /** Opens a session for an account that has just shown whose it is, or has just been made. */
  async signIn(user: User, { transport = 'body', source }: SignInRequest): Promise<SignIn> {
    const session = await this.sessions.open(user, transport, source);
    if (user.kind === 'member')
      await this.audit.record({ action: 'sign_in.succeeded', userId: user.id, source });
    return this.toSignIn(session, user);
  }

  /** @throws DomainError `unauthenticated`, `session_revoked`, `account_disabled` */
  async refresh(refreshToken: string, source: RequestSource): Promise<SignIn> {
    const claim = await this.sessions.read(refreshToken);
    const user = await this.users.find(claim.session.userId);
    if (!user) throw new DomainError('session_revoked', 'This account has been deleted.');
    const account = usable(user); // before the token is used up, so that a refusal costs nothing
    return this.toSignIn(await this.sessions.refresh(claim, source), account);
  }

  /**
   * Ends the session of a caller or of a refresh token; one that has ended already is left so.
   *
   * @throws DomainError `unauthenticated` – neither, or none of our tokens.
   */
  async signOut(by: Caller | string | null, source: RequestSource): Promise<void> {
    if (by === null) throw new DomainError('unauthenticated', 'A valid access token or cookie is needed.');
    if (typeof by === 'string') {
      const { session } = await this.sessions.read(by);
      await this.sessions.leave(session.userId, session.id, source);
    } else if (by.sessionId !== null) await this.sessions.leave(by.userId, by.sessionId, source);
  }

  private async toSignIn(session: OpenSession, user: User): Promise<SignIn> {
    const { refreshToken, transport } = session;
    return { accessToken: await this.accessTokens.sign(session), refreshToken, transport, user };
  }
}
