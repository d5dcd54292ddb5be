import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/auth/caller';
import { DomainError, notFound } from '../common/errors/domain-error';
import type { RequestSource } from '../common/http/request-source';
import type { Actor, AdminChanges } from '../users/administration';
import type { User } from '../users/user.entity';
import { UsersService } from '../users/users.service';
import { ErasureService } from './erasure.service';

/** What administrators do with other people's accounts. */
@Injectable()
export class AdminUsersService {
  constructor(
    private readonly users: UsersService,
    private readonly erasures: ErasureService,
  ) {}

  /** On every replica within 5 s. @throws DomainError `not_found`, `conflict` */
  change(actor: Actor, userId: string, changes: AdminChanges): Promise<User> {
    return this.users.administer(actor, userId, changes);
  }

  /** Wherever that account is signed in. On every replica within 5 s. @throws DomainError `not_found` */
  endSessions(actor: Actor, userId: string): Promise<void> {
    return this.users.endSessions(actor, userId);
  }

  /** @throws DomainError `not_found`, `conflict`; `forbidden` – a key would erase the account that it belongs to. */
  async erase(admin: Caller, userId: string, source: RequestSource): Promise<void> {
    if (admin.userId === userId && admin.scopes !== null)
      throw new DomainError('forbidden', 'A key cannot erase its own account.');
    if (!(await this.erasures.erase(userId, admin, source))) throw notFound('account');
  }
}
