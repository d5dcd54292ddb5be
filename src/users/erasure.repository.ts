import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { INSERT_LINE, toLine } from '../audit/audit-line';
import type { Actor } from './administration';
import { keepAnAdmin, lockAdmins } from './last-admin.repository';
import { User } from './user.entity';

/** From here on nobody can sign in to it, its name is free, and nothing of it is shown. The rest goes row by row. */
const MARK = `update users set erased_at = now(), session_epoch = session_epoch + 1, kind = 'guest', role = 'user',
  username = null, display_name = null, password_hash = null, default_model = null`;

/** The end of an account, in steps that any replica can go on with. */
@Injectable()
export class ErasureRepository {
  constructor(@InjectRepository(User) private readonly rows: Repository<User>) {}

  /**
   * Whether there was such an account. The security log has its line from the same moment on.
   *
   * @throws DomainError `conflict` – it is the last administrator's; `forbidden` – the actor is an administrator no more.
   */
  mark({ userId: actorId, source }: Actor, id: string): Promise<boolean> {
    return this.rows.manager.transaction(async (transaction) => {
      keepAnAdmin(await lockAdmins(transaction, actorId), id);
      const [, count] = await transaction.query<[unknown, number]>(
        `${MARK} where id = $1 and erased_at is null`,
        [id],
      );
      const line = toLine({ action: 'account.erased', actorId, ...(actorId !== null && { source }) });
      if (count === 1) await transaction.query(INSERT_LINE, line);
      return count === 1;
    });
  }

  /** Guests that nobody has seen for so long; those that another replica has in hand are left to it. */
  markIdleGuests(idleMs: number, limit: number): Promise<string[]> {
    return this.rows.manager.transaction(async (transaction) => {
      const [marked] = await transaction.query<[{ id: string }[], number]>(
        `${MARK} where id in (
           select id from users where kind = 'guest' and erased_at is null
             and last_seen_at < now() - make_interval(secs => $1 / 1000.0)
           limit $2 for update skip locked
         ) returning id`,
        [idleMs, limit],
      );
      const line = { action: 'account.erased', detail: { reason: 'idle' } } as const;
      for (let told = 0; told < marked.length; told++) await transaction.query(INSERT_LINE, toLine(line));
      return marked.map(({ id }) => id);
    });
  }

  /** Marked more than a minute ago, and still there: whoever was at it has died. */
  async unfinished(limit: number): Promise<string[]> {
    const rows = await this.rows.query<{ id: string }[]>(
      `select id from users where erased_at < now() - interval '1 minute' order by random() limit $1`,
      [limit],
    );
    return rows.map(({ id }) => id);
  }

  /** With all that still hangs on it. */
  async delete(id: string): Promise<void> {
    await this.rows.query('delete from users where id = $1 and erased_at is not null', [id]);
  }
}
