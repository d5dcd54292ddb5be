import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { KeptKey } from './kept-key.entity';

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

  async setStatus(userId: string, key: string, madeId: string, status: number): Promise<void> {
    await this.rows.update({ userId, key, madeId }, { status });
  }

  async deleteExpired(): Promise<void> {
    await this.rows.query('delete from idempotency_keys where expires_at < now()');
  }
}
