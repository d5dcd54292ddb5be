import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service';
import { DomainError, notFound } from '../../common/errors/domain-error';
import type { RequestSource } from '../../common/http/request-source';
import type { User } from '../../users/user.entity';
import { CredentialRepository } from './credential.repository';
import { CredentialsService } from './credentials.service';
import { PasswordHasher } from './password-hasher';
import { PasswordPolicy } from './password-policy';

/** A change of password, asked for by who is signed in. */
export interface PasswordChange {
  readonly userId: string;
  /** The session that asks: it alone goes on. */
  readonly sessionId: string;
  readonly currentPassword: string;
  readonly newPassword: string;
}

@Injectable()
export class PasswordsService {
  constructor(
    private readonly credentials: CredentialsService,
    private readonly policy: PasswordPolicy,
    private readonly passwords: PasswordHasher,
    private readonly repository: CredentialRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Ends every other session as well.
   *
   * @throws DomainError `invalid_credentials`, `rate_limited`, `validation_failed`, `overloaded`
   * @throws DomainError `forbidden` – to guests, who have no password.
   * @throws DomainError `conflict` – somebody else changed it meanwhile.
   */
  async change(change: PasswordChange, source: RequestSource): Promise<void> {
    const { userId, sessionId, currentPassword, newPassword } = change;
    const { passwordHash, username, displayName } = await this.credentials.confirm(
      userId,
      currentPassword,
      source,
    );
    if (passwordHash === null) throw new DomainError('forbidden', 'Guests have no password. Register first.');
    await this.policy.check('/newPassword', newPassword, [username, displayName]);
    const hash = await this.passwords.hash(newPassword);
    if (!(await this.repository.change(userId, passwordHash, hash, sessionId)))
      throw new DomainError('conflict', 'The password has just been changed elsewhere.');
    await this.audit.record({ action: 'password.changed', userId, source });
  }

  /**
   * For an operator, who knows no current password. Ends every session.
   *
   * @throws DomainError `validation_failed`, `overloaded`; `not_found` – there is no such member.
   */
  async set({ id: userId, username, displayName }: User, newPassword: string): Promise<void> {
    await this.policy.check('/newPassword', newPassword, [username, displayName]);
    const hash = await this.passwords.hash(newPassword);
    if (!(await this.repository.set(userId, hash))) throw notFound('account');
    await this.audit.record({ action: 'password.changed', userId, actorId: null });
  }
}
