import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { toPage, type Page, type PageRequest } from '../common/paging/page';
import { AuditEvent } from './audit-event.entity';

export type NewAuditEvent = Omit<AuditEvent, 'createdAt'>;

export interface AuditFilter {
  /** Only of this account. */
  readonly userId?: string;
  readonly action?: string;
}

@Injectable()
export class AuditRepository {
  constructor(@InjectRepository(AuditEvent) private readonly rows: Repository<AuditEvent>) {}

  /** Of an account that is gone or going, nothing is written but what was done. Its row is held, so that it goes after the line. */
  async insert({ id, action, userId, actorId, ip, userAgent, detail }: NewAuditEvent): Promise<void> {
    await this.rows.query(
      `with living as materialized (
         select id from users where id in ($3, $4) and erased_at is null for key share
       ), person as materialized (
         select (select id from living where id = $3) as user_id, (select id from living where id = $4) as actor_id
       )
       insert into audit_events (id, action, user_id, actor_id, ip, user_agent, detail)
       select $1, $2, user_id, actor_id, case when known then $5::inet end, case when known then $6 end, $7
       from person, lateral (
         select user_id is not distinct from $3::uuid and actor_id is not distinct from $4::uuid as known
       ) all_of_them`,
      [id, action, userId, actorId, ip, userAgent, detail],
    );
  }

  /** Newest first. */
  async page(
    { userId, action }: AuditFilter,
    { limit, after }: PageRequest<{ id: string }>,
  ): Promise<Page<AuditEvent>> {
    const query = this.rows
      .createQueryBuilder('event')
      .orderBy('event.id', 'DESC')
      .limit(limit + 1);
    if (userId !== undefined) query.andWhere('event.userId = :userId', { userId });
    if (action !== undefined) query.andWhere('event.action = :action', { action });
    if (after) query.andWhere('event.id < :id', after);
    return toPage(await query.getMany(), limit, ({ id }) => ({ id }));
  }

  /** Takes a person out of every line, and leaves the lines. */
  async forget(userId: string): Promise<void> {
    await this.rows.query(
      `update audit_events set
         ip = case when actor_id is null or actor_id = $1 then null else ip end,
         user_agent = case when actor_id is null or actor_id = $1 then null else user_agent end,
         user_id = nullif(user_id, $1), actor_id = nullif(actor_id, $1)
       where user_id = $1 or actor_id = $1`,
      [userId],
    );
  }
}
