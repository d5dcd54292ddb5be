import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Scope } from '../../common/auth/caller';
import { toPage, type Page, type PageRequest } from '../../common/paging/page';
import { ApiKey } from './api-key.entity';

export type NewApiKey = Pick<ApiKey, 'id' | 'userId' | 'name' | 'prefix' | 'hash' | 'scopes' | 'expiresAt'>;

/** What a request needs to know of a key and its account. */
export interface ApiKeyState {
  readonly userId: string;
  readonly role: 'user' | 'admin';
  readonly disabled: boolean;
  readonly scopes: readonly Scope[];
  /** By the database's clock; null: never. */
  readonly expiresInMs: number | null;
}

@Injectable()
export class ApiKeyRepository {
  constructor(@InjectRepository(ApiKey) private readonly rows: Repository<ApiKey>) {}

  async insert(key: NewApiKey): Promise<ApiKey> {
    const row = this.rows.create({ ...key, lastUsedAt: null });
    await this.rows.insert(row); // which brings back what the database has added: the row may be gone before one could look
    return row;
  }

  /** Newest first; the living ones. */
  async pageOwned(userId: string, { limit, after }: PageRequest<{ id: string }>): Promise<Page<ApiKey>> {
    const query = this.rows
      .createQueryBuilder('key')
      .where('key.userId = :userId', { userId })
      .andWhere('(key.expiresAt is null or key.expiresAt > now())')
      .orderBy('key.id', 'DESC')
      .limit(limit + 1);
    if (after) query.andWhere('key.id < :id', after);
    return toPage(await query.getMany(), limit, ({ id }) => ({ id }));
  }

  /** The hash of what is gone. Null: there was none that lived. */
  async deleteOwned(userId: string, id: string): Promise<Buffer | null> {
    const [[gone]] = await this.rows.query<[{ hash: Buffer }[], number]>(
      `delete from api_keys where user_id = $1 and id = $2 and (expires_at is null or expires_at > now())
       returning hash`,
      [userId, id],
    );
    return gone?.hash ?? null;
  }

  /** Some whose time is over: how many. */
  async deleteExpired(limit: number): Promise<number> {
    const [, count] = await this.rows.query<[unknown, number]>(
      'delete from api_keys where id in (select id from api_keys where expires_at < now() limit $1)',
      [limit],
    );
    return count;
  }

  /** And writes down, once a minute, that the key and its account are in use; it waits for no row. Null: no such key. */
  async use(hash: Buffer): Promise<ApiKeyState | null> {
    const [state] = await this.rows.query<ApiKeyState[]>(
      `with used as (
         update api_keys set last_used_at = now() where id = (
           select id from api_keys where hash = $1 and (expires_at is null or expires_at > now())
             and (last_used_at is null or last_used_at < now() - interval '1 minute')
           for no key update skip locked)
       ), seen as (
         update users set last_seen_at = now() where id = (
           select u.id from users u join api_keys k on k.user_id = u.id
           where k.hash = $1 and (k.expires_at is null or k.expires_at > now())
             and u.last_seen_at < now() - interval '1 minute'
           for no key update of u skip locked)
       )
       select k.user_id as "userId", k.scopes, u.role, u.disabled_at is not null as disabled,
         extract(epoch from k.expires_at - clock_timestamp())::float8 * 1000 as "expiresInMs"
       from api_keys k join users u on u.id = k.user_id where k.hash = $1 and u.erased_at is null`,
      [hash],
    );
    return state ?? null;
  }
}
