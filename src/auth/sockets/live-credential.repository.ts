import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { LIVING } from '../sessions/session.repository';

/** What sockets were opened by. */
export interface Credentials {
  readonly sessionIds: readonly string[];
  readonly keyHashes: readonly Buffer[];
  /** Of their accounts. */
  readonly userIds: readonly string[];
}

/** A session's id, or a key's hash: one of the two. */
export interface LiveCredential {
  readonly sessionId: string | null;
  readonly keyHash: Buffer | null;
}

const STALE = `now() - make_interval(secs => $4 / 1000.0)`;

@Injectable()
export class LiveCredentialRepository {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Which of them are good at this moment, in one statement; and writes down, once in `staleMs`, that they and their accounts are
   * in use. It waits for no row.
   */
  use({ sessionIds, keyHashes, userIds }: Credentials, staleMs: number): Promise<LiveCredential[]> {
    return this.database.query<LiveCredential[]>(
      `with used_sessions as (
         update sessions set last_used_at = now() where id in (
           select id from sessions where id = any ($1::uuid[]) and revoked_at is null and last_used_at < ${STALE}
           for no key update skip locked)
       ), used_keys as (
         update api_keys set last_used_at = now() where id in (
           select id from api_keys where hash = any ($2::bytea[]) and (expires_at is null or expires_at > now())
             and (last_used_at is null or last_used_at < ${STALE})
           for no key update skip locked)
       ), seen as (
         update users set last_seen_at = now() where id in (
           select id from users where id = any ($3::uuid[]) and erased_at is null and last_seen_at < ${STALE}
           for no key update skip locked)
       )
       select s.id as "sessionId", null::bytea as "keyHash" from sessions s join users u on u.id = s.user_id
       where s.id = any ($1::uuid[]) and ${LIVING} and u.disabled_at is null
       union all
       select null, k.hash from api_keys k join users u on u.id = k.user_id
       where k.hash = any ($2::bytea[]) and (k.expires_at is null or k.expires_at > now())
         and u.erased_at is null and u.disabled_at is null`,
      [sessionIds, keyHashes, userIds, staleMs],
    );
  }
}
