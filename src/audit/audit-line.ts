import type { RequestSource } from '../common/http/request-source';
import { newId } from '../common/ids';
import type { AuditAction } from './audit-action';

export interface NewEvent {
  readonly action: AuditAction;
  /** Whose account it is about. */
  readonly userId?: string | null;
  /** Who did it. Absent: the account itself; null: nobody who is signed in. */
  readonly actorId?: string | null;
  /** Absent: nowhere, such as the command line. */
  readonly source?: RequestSource;
  readonly detail?: Readonly<Record<string, string>>;
}

/**
 * Writes a line of the security log, on its own or in the transaction of the deed. Of an account that is gone or going, nothing is
 * written but what was done; its row is held, so that it goes after the line. Parameters: `toLine`.
 */
export const INSERT_LINE = `
  with living as materialized (
    select id from users where id in ($3, $4) and erased_at is null for key share
  ), person as materialized (
    select (select id from living where id = $3) as user_id, (select id from living where id = $4) as actor_id
  )
  insert into audit_events (id, action, user_id, actor_id, ip, user_agent, detail)
  select $1, $2, user_id, actor_id, case when known then $5::inet end, case when known then $6 end, $7
  from person, lateral (
    select user_id is not distinct from $3::uuid and actor_id is not distinct from $4::uuid as known
  ) all_of_them`;

export function toLine({
  action,
  userId = null,
  actorId = userId,
  source,
  detail = {},
}: NewEvent): unknown[] {
  return [newId(), action, userId, actorId, source?.ip ?? null, source?.userAgent ?? null, detail];
}
