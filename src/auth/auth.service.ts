import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service';
import type { Caller } from '../common/auth/caller';
import { DomainError } from '../common/errors/domain-error';
import type { RequestSource } from '../common/http/request-source';
import type { User } from '../users/user.entity';
import { refuseErased, UsersService } from '../users/users.service';
import { AccessTokens } from './access-tokens';
import { usable, wrongCredentials } from './passwords/credentials.service';
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

  /** Opens a session for an account that has just been made. @throws DomainError `session_revoked` – and erased meanwhile. */
  async signIn(user: User, request: SignInRequest): Promise<SignIn> {
    return (await this.open(user, request)) ?? refuseErased();
  }

  /** Opens a session for who has just given the password. @throws DomainError `invalid_credentials` – it was erased meanwhile. */
  async logIn(user: User, request: SignInRequest): Promise<SignIn> {
    const signIn = await this.open(user, request);
    if (!signIn) throw wrongCredentials();
    return signIn;
  }

  /** @throws DomainError `unauthenticated`, `session_revoked`, `account_disabled` */
  async refresh(refreshToken: string, source: RequestSource): Promise<SignIn> {
    const claim = await this.sessions.read(refreshToken);
    const user = usable(await this.users.own(claim.session.userId)); // before the token is used up, so that a refusal costs nothing
    return this.toSignIn(await this.sessions.refresh(claim, source), user);
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

  private async open(user: User, { transport = 'body', source }: SignInRequest): Promise<SignIn | null> {
    const session = await this.sessions.open(user, transport, source);
    if (!session) return null;
    if (user.kind === 'member')
      await this.audit.record({ action: 'sign_in.succeeded', userId: user.id, source });
    return this.toSignIn(session, user);
  }

  private async toSignIn(session: OpenSession, user: User): Promise<SignIn> {
    const { refreshToken, transport } = session;
    return { accessToken: await this.accessTokens.sign(session), refreshToken, transport, user };
  }
}
