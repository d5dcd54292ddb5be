import { Injectable } from '@nestjs/common';
import { CredentialsService } from '../auth/passwords/credentials.service';
import type { Caller } from '../common/auth/caller';
import type { RequestSource } from '../common/http/request-source';
import { ModelChoice } from '../conversations/model-choice';
import type { User } from '../users/user.entity';
import { UsersService } from '../users/users.service';
import { ErasureService } from './erasure.service';

/** Absent: left as it is. Null: cleared. */
export interface ProfileChanges {
  readonly displayName?: string | null;
  readonly defaultModel?: string | null;
}

/** What people do with their own account. */
@Injectable()
export class AccountService {
  constructor(
    private readonly users: UsersService,
    private readonly credentials: CredentialsService,
    private readonly erasures: ErasureService,
    private readonly models: ModelChoice,
  ) {}

  /** @throws DomainError `unknown_model` */
  change({ userId }: Caller, changes: ProfileChanges): Promise<User> {
    if (changes.defaultModel) this.models.require(changes.defaultModel);
    return this.users.change(userId, changes);
  }

  /** @throws DomainError `invalid_credentials`, `rate_limited`, `overloaded`; `conflict` – the last administrator's. */
  async erase(caller: Caller, password: string | undefined, source: RequestSource): Promise<void> {
    await this.credentials.confirm(caller.userId, password, source);
    await this.erasures.erase(caller.userId, caller, source);
  }
}
