import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

@Injectable()
export class CredentialRepository {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Sets a new hash where the old one is still the one that was read, and ends every session but one: all in one statement, so
   * that nobody signs in by the old password in between. Whether it was done.
   */
  async change(userId: string, before: string, after: string, keptSessionId: string): Promise<boolean> {
    const changed = await this.database.query<unknown[]>(
      `with changed as (
         update users set password_hash = $3, session_epoch = session_epoch + 1
         where id = $1 and password_hash = $2 returning session_epoch
       ), kept as (
         update sessions set epoch = changed.session_epoch from changed
         where sessions.id = $4 and sessions.user_id = $1 and sessions.epoch = changed.session_epoch - 1
       )
       select from changed`,
      [userId, before, after, keptSessionId],
    );
    return changed.length === 1;
  }

  /** Whatever the old one was; every session ends. Whether there is such a member. */
  async set(userId: string, hash: string): Promise<boolean> {
    const [, count] = await this.database.query<[unknown, number]>(
      `update users set password_hash = $2, session_epoch = session_epoch + 1
       where id = $1 and kind = 'member' and erased_at is null`,
      [userId, hash],
    );
    return count === 1;
  }
}
