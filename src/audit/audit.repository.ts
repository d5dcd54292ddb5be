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

  async insert({ id, action, userId, actorId, ip, userAgent, detail }: NewAuditEvent): Promise<void> {
    await this.rows.query(
      `insert into audit_events (id, action, user_id, actor_id, ip, user_agent, detail) values ($1, $2, $3, $4, $5, $6, $7)`,
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
