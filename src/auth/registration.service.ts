import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service';
import type { Caller } from '../common/auth/caller';
import { DomainError } from '../common/errors/domain-error';
import type { RequestSource } from '../common/http/request-source';
import { Config } from '../config/config';
import type { User, UserRole } from '../users/user.entity';
import { UsersService } from '../users/users.service';
import { PasswordHasher } from './passwords/password-hasher';
import { PasswordPolicy } from './passwords/password-policy';

export interface Registration {
  /** As `normalizeUsername` makes it. */
  readonly username: string;
  readonly password: string;
  readonly displayName?: string;
}

@Injectable()
export class RegistrationService {
  constructor(
    private readonly users: UsersService,
    private readonly policy: PasswordPolicy,
    private readonly passwords: PasswordHasher,
    private readonly audit: AuditService,
    private readonly config: Config,
  ) {}

  /** @throws DomainError `forbidden` – this house has no guests. */
  createGuest(): Promise<User> {
    if (!this.config.auth.guests) throw new DomainError('forbidden', 'Guests are not admitted here.');
    return this.users.createGuest();
  }

  /**
   * A new account; or, where a guest asks, its account made a member's, with all it has and its old tokens ended.
   *
   * @throws DomainError `username_taken`, `validation_failed`, `overloaded`; `forbidden` – this house is closed.
   * @throws DomainError `session_revoked` – the guest has been erased; `conflict` – another request has made this guest a member.
   */
  async register(registration: Registration, caller: Caller | null, source: RequestSource): Promise<User> {
    if (!this.config.auth.registration)
      throw new DomainError('forbidden', 'Nobody can register here. Ask whoever runs this server.');
    if (caller?.kind !== 'guest') {
      const user = await this.make(registration, 'user');
      await this.audit.record({ action: 'account.registered', userId: user.id, source });
      return user;
    }
    const user = await this.users.upgradeGuest(caller.userId, await this.toMembership(registration));
    if (!user) {
      await this.users.own(caller.userId); // or it has just been erased
      throw new DomainError('conflict', 'This guest is a member already. Sign in.');
    }
    await this.audit.record({ action: 'account.upgraded', userId: user.id, source });
    return user;
  }

  /** An account, whether the house is open or not. @throws DomainError `username_taken`, `validation_failed`, `overloaded` */
  async create(registration: Registration, role: UserRole): Promise<User> {
    const user = await this.make(registration, role);
    await this.audit.record({
      action: 'account.registered',
      userId: user.id,
      actorId: null,
      detail: { role },
    });
    return user;
  }

  private async make(registration: Registration, role: UserRole): Promise<User> {
    return this.users.createMember({ ...(await this.toMembership(registration)), role });
  }

  private async toMembership({ username, password, displayName }: Registration) {
    await this.policy.check('/password', password, [username, displayName ?? null]);
    return { username, displayName: displayName ?? null, passwordHash: await this.passwords.hash(password) };
  }
}
