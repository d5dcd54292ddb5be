import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { toPage, type Page, type PageRequest } from '../common/paging/page';
import { AuditEvent } from './audit-event.entity';
import { INSERT_LINE, toLine, type NewEvent } from './audit-line';

export interface AuditFilter {
  /** Only of this account. */
  readonly userId?: string;
  readonly action?: string;
}

const AT_ONCE = 5_000;

@Injectable()
export class AuditRepository {
  constructor(@InjectRepository(AuditEvent) private readonly rows: Repository<AuditEvent>) {}

  async insert(event: NewEvent): Promise<void> {
    await this.rows.query(INSERT_LINE, toLine(event));
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

  /** Takes a person out of every line, and leaves the lines. Some at a time, so that one statement keeps to its time. */
  async forget(userId: string): Promise<void> {
    while ((await this.forgetSome(userId)) === AT_ONCE);
  }

  private async forgetSome(userId: string): Promise<number> {
    const [, count] = await this.rows.query<[unknown, number]>(
      `update audit_events set
         ip = case when actor_id is null or actor_id = $1 then null else ip end,
         user_agent = case when actor_id is null or actor_id = $1 then null else user_agent end,
         user_id = nullif(user_id, $1), actor_id = nullif(actor_id, $1)
       where id in (select id from audit_events where user_id = $1 or actor_id = $1 limit $2)`,
      [userId, AT_ONCE],
    );
    return count;
  }
}
