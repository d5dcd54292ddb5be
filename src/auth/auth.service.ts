import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors/domain-error';
import type { User } from '../users/user.entity';
import { UsersService } from '../users/users.service';
import { AccessTokens } from './access-tokens';
import { PasswordHasher } from './passwords/password-hasher';
import { SessionsService, type OpenSession } from './sessions/sessions.service';

/** What a sign-in gives. */
export interface SignIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: User;
}

export interface Registration {
  /** As `normalizeUsername` makes it. */
  readonly username: string;
  readonly password: string;
  readonly displayName?: string;
}

@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordHasher,
    private readonly sessions: SessionsService,
    private readonly accessTokens: AccessTokens,
  ) {}

  async signInGuest(): Promise<SignIn> {
    return this.signIn(await this.users.createGuest());
  }

  /** @throws DomainError `username_taken`, `overloaded` */
  async register({ username, password, displayName }: Registration): Promise<SignIn> {
    const passwordHash = await this.passwords.hash(password);
    return this.signIn(
      await this.users.createMember({ username, displayName: displayName ?? null, passwordHash }),
    );
  }

  /**
   * The account that this name and password open.
   *
   * @throws DomainError `invalid_credentials` – for a wrong name as for a wrong password, in the same time.
   * @throws DomainError `account_disabled` – only after the right password.
   */
  async verify(username: string, password: string): Promise<User> {
    const user = await this.users.findByUsername(username);
    const right = await this.passwords.matches(password, user?.passwordHash ?? null);
    if (!user || !right)
      throw new DomainError('invalid_credentials', 'The username or the password is wrong.');
    return usable(user);
  }

  async signIn(user: User): Promise<SignIn> {
    return this.toSignIn(await this.sessions.open(user.id), user);
  }

  /** @throws DomainError `unauthenticated`, `session_revoked`, `account_disabled` */
  async refresh(refreshToken: string): Promise<SignIn> {
    const claim = await this.sessions.read(refreshToken);
    const user = await this.users.find(claim.session.userId);
    if (!user) throw new DomainError('session_revoked', 'This account has been deleted.');
    const account = usable(user); // before the token is used up, so that a refusal costs nothing
    return this.toSignIn(await this.sessions.refresh(claim), account);
  }

  signOut(sessionId: string): Promise<void> {
    return this.sessions.end(sessionId);
  }

  private async toSignIn(session: OpenSession, user: User): Promise<SignIn> {
    return { accessToken: await this.accessTokens.sign(session), refreshToken: session.refreshToken, user };
  }
}

function usable(user: User): User {
  if (user.disabledAt) throw new DomainError('account_disabled', 'This account is disabled.');
  return user;
}
