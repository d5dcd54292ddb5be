import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { LEASE_KEY } from './idempotency.sql';
import { KeptKey, RUNNING } from './kept-key.entity';
import type { KeyedRequest } from './keyed-request';

@Injectable()
export class KeptKeyRepository {
  constructor(@InjectRepository(KeptKey) private readonly rows: Repository<KeptKey>) {}

  /** Null: there is none, or none any more. */
  async find(userId: string, key: string): Promise<KeptKey | null> {
    return this.rows
      .createQueryBuilder('kept')
      .where('kept.userId = :userId and kept.key = :key and kept.expiresAt > now()', { userId, key })
      .getOne();
  }

  /** False: another request has it. */
  async lease(
    userId: string,
    { key, hash }: KeyedRequest,
    madeId: string,
    seconds: number,
  ): Promise<boolean> {
    const taken = await this.rows.query<unknown[]>(LEASE_KEY, [userId, key, hash, madeId, RUNNING, seconds]);
    return taken.length === 1;
  }

  /** Where it is still held for `madeId`, and nothing has been kept under it. */
  async giveBack(userId: string, key: string, madeId: string): Promise<void> {
    await this.rows.delete({ userId, key, madeId, status: RUNNING });
  }

  async setStatus(userId: string, key: string, madeId: string, status: number): Promise<void> {
    await this.rows.update({ userId, key, madeId }, { status });
  }

  /** How many, `limit` at most. */
  async deleteExpired(limit: number): Promise<number> {
    const [, count] = await this.rows.query<[unknown[], number]>(
      `delete from idempotency_keys where (user_id, key) in (
         select user_id, key from idempotency_keys where expires_at < now() limit $1)`,
      [limit],
    );
    return count;
  }
}
