import type { NewEvent } from '../audit/audit-line';
import type { RequestSource } from '../common/http/request-source';
import type { User, UserRole } from './user.entity';

/** Who changes somebody's account. */
export interface Actor {
  /** Null: whoever runs the command line, or the account itself. */
  readonly userId: string | null;
  readonly source?: RequestSource;
}

/** Absent: left as it is. */
export interface AdminChanges {
  readonly disabled?: boolean;
  readonly role?: UserRole;
  /** Null: as configured. */
  readonly quotaTokens?: number | null;
}

/** What the security log tells of a change. */
export function eventsOf(before: User, after: User, { userId: actorId, source }: Actor): NewEvent[] {
  const events: Pick<NewEvent, 'action' | 'detail'>[] = [];
  if (!before.disabledAt && after.disabledAt) events.push({ action: 'account.disabled' });
  if (before.disabledAt && !after.disabledAt) events.push({ action: 'account.enabled' });
  if (before.role !== after.role) events.push({ action: 'role.changed', detail: { role: after.role } });
  if (before.quotaTokens !== after.quotaTokens)
    events.push({ action: 'quota.changed', detail: { quotaTokens: String(after.quotaTokens) } });
  return events.map((event) => ({ ...event, userId: after.id, actorId, source }));
}
