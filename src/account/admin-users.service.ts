import { Injectable } from '@nestjs/common';
import { AuditService, type NewEvent } from '../audit/audit.service';
import type { Caller } from '../common/auth/caller';
import { notFound } from '../common/errors/domain-error';
import type { RequestSource } from '../common/http/request-source';
import type { User } from '../users/user.entity';
import { UsersService } from '../users/users.service';
import { ErasureService } from './erasure.service';

/** Who changes an account. */
export interface Actor {
  /** Null: whoever runs the command line. */
  readonly userId: string | null;
  readonly source?: RequestSource;
}

export interface AdminChanges {
  readonly disabled?: boolean;
  readonly role?: 'user' | 'admin';
  readonly quotaTokens?: number | null;
}

/** What administrators do with other people's accounts. */
@Injectable()
export class AdminUsersService {
  constructor(
    private readonly users: UsersService,
    private readonly erasures: ErasureService,
    private readonly audit: AuditService,
  ) {}

  /** On every replica within 5 s. @throws DomainError `not_found`, `conflict` */
  async change(actor: Actor, userId: string, changes: AdminChanges): Promise<User> {
    const { before, after } = await this.users.administer(userId, changes);
    for (const event of eventsOf(before, after))
      await this.audit.record({ ...event, userId, actorId: actor.userId, source: actor.source });
    return after;
  }

  /** Wherever that account is signed in. On every replica within 5 s. @throws DomainError `not_found` */
  async endSessions(actor: Actor, userId: string): Promise<void> {
    await this.users.endSessions(userId);
    const { userId: actorId, source } = actor;
    await this.audit.record({ action: 'sessions.ended', userId, actorId, source });
  }

  /** @throws DomainError `not_found`, `conflict` */
  async erase(admin: Caller, userId: string, source: RequestSource): Promise<void> {
    if (!(await this.erasures.erase(userId, admin, source))) throw notFound('account');
  }
}

function eventsOf(before: User, after: User): Pick<NewEvent, 'action' | 'detail'>[] {
  const events: Pick<NewEvent, 'action' | 'detail'>[] = [];
  if (!before.disabledAt && after.disabledAt) events.push({ action: 'account.disabled' });
  if (before.disabledAt && !after.disabledAt) events.push({ action: 'account.enabled' });
  if (before.role !== after.role) events.push({ action: 'role.changed', detail: { role: after.role } });
  if (before.quotaTokens !== after.quotaTokens)
    events.push({ action: 'quota.changed', detail: { quotaTokens: String(after.quotaTokens) } });
  return events;
}
