import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service';
import { DomainError } from '../../common/errors/domain-error';
import type { RequestSource } from '../../common/http/request-source';
import { Attempts, tooManyAttempts } from '../../common/throttle/attempts';
import type { User } from '../../users/user.entity';
import { UsersService } from '../../users/users.service';
import { SessionsService } from '../sessions/sessions.service';
import { PasswordHasher } from './password-hasher';

/** Finds out whether somebody knows a password. Nobody learns from it whether a name exists, nor locks anybody out. */
@Injectable()
export class CredentialsService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordHasher,
    private readonly sessions: SessionsService,
    private readonly attempts: Attempts,
    private readonly audit: AuditService,
  ) {}

  /**
   * The account that this name and password open.
   *
   * @throws DomainError `invalid_credentials` – for a wrong name as for a wrong password, in the same time.
   * @throws DomainError `rate_limited` – too many failures for this name, and nobody signed in to it from this address lately.
   * @throws DomainError `account_disabled` – only after the right password; `overloaded`
   */
  async verify(username: string, password: string, source: RequestSource): Promise<User> {
    const user = await this.users.findByUsername(username);
    const failed = { action: 'sign_in.failed', userId: user?.id, actorId: null } as const;
    const attempt = `name:${username}`;
    const secondsToWait = await this.attempts.count(attempt);
    if (secondsToWait !== null && !(await this.sessions.knows(user?.id ?? null, source))) {
      await this.attempts.takeBack(attempt); // it was not even made
      await this.audit.record({ action: 'sign_in.limited', userId: user?.id, actorId: null, source });
      throw tooManyAttempts(secondsToWait);
    }
    const right = await this.matches(password, user?.passwordHash ?? null, attempt);
    if (!user || !right) {
      await this.audit.record({ ...failed, source });
      throw wrongCredentials();
    }
    await this.attempts.takeBack(attempt);
    if (user.disabledAt) await this.audit.record({ ...failed, source, detail: { reason: 'disabled' } });
    else await this.keepUpToDate(user, password);
    return usable(user);
  }

  /**
   * Has somebody who is signed in prove that it is still the owner of the account. Guests have nothing to prove.
   *
   * @throws DomainError `invalid_credentials`, `rate_limited`, `overloaded`, `session_revoked`
   */
  async confirm(userId: string, password: string | undefined, source: RequestSource): Promise<User> {
    const user = await this.users.own(userId);
    if (user.passwordHash === null) return user;
    const attempt = `account:${userId}`;
    const secondsToWait = await this.attempts.count(attempt);
    if (secondsToWait !== null) {
      await this.attempts.takeBack(attempt);
      await this.audit.record({ action: 'password.refused', userId, source, detail: { reason: 'limited' } });
      throw tooManyAttempts(secondsToWait);
    }
    if (password === undefined || !(await this.matches(password, user.passwordHash, attempt))) {
      await this.audit.record({ action: 'password.refused', userId, source });
      throw new DomainError('invalid_credentials', 'The password is wrong.');
    }
    await this.attempts.takeBack(attempt);
    return user;
  }

  /** What could not be tried has not failed. */
  private async matches(password: string, hash: string | null, attempt: string): Promise<boolean> {
    try {
      return await this.passwords.matches(password, hash);
    } catch (error) {
      await this.attempts.takeBack(attempt);
      throw error;
    }
  }

  /** The cost of hashes may have been changed since this one was made. Now is the time, since now the password is known. */
  private async keepUpToDate({ id, passwordHash }: User, password: string): Promise<void> {
    if (passwordHash === null || !this.passwords.isOutdated(passwordHash)) return;
    const hash = await this.passwords.hash(password).catch(() => null); // too much to do: the next sign-in will
    if (hash !== null) await this.users.rehash(id, passwordHash, hash);
  }
}

export const wrongCredentials = () =>
  new DomainError('invalid_credentials', 'The username or the password is wrong.');

/** @throws DomainError `account_disabled` */
export function usable(user: User): User {
  if (user.disabledAt) throw new DomainError('account_disabled', 'This account is disabled.');
  return user;
}
