import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { toPage, type Page, type PageRequest } from '../../common/paging/page';
import { keepPlan } from '../../database/kept-plans';
import { Session, type RevokedReason, type Transport } from './session.entity';

/** What a request or a refresh needs to know of a session and its account. Times are judged by the database's clock. */
export interface SessionState {
  readonly id: string;
  readonly userId: string;
  readonly salt: Buffer;
  readonly rotation: number;
  readonly transport: Transport;
  readonly userAgent: string | null;
  readonly living: boolean;
  /** The last rotation was at most 10 s ago. */
  readonly justRotated: boolean;
  readonly kind: 'guest' | 'member';
  readonly role: 'user' | 'admin';
  readonly disabled: boolean;
}

export interface NewSession extends Pick<
  Session,
  'id' | 'userId' | 'salt' | 'epoch' | 'transport' | 'userAgent' | 'ip'
> {
  readonly idleMs: number;
  readonly maxMs: number;
}

export type ListedSession = Pick<
  Session,
  'id' | 'userAgent' | 'ip' | 'createdAt' | 'lastUsedAt' | 'expiresAt'
>;

/** `s` is the session, `u` its account. */
export const LIVING = `s.revoked_at is null and s.idle_expires_at > now() and s.expires_at > now()
  and s.epoch = u.session_epoch and u.erased_at is null`;
const STATE = `s.id, s.user_id as "userId", s.salt, s.rotation, s.transport::text, s.user_agent::text as "userAgent",
  ${LIVING} as living, s.rotated_at > now() - interval '10 seconds' as "justRotated",
  u.kind::text, u.role::text, u.disabled_at is not null as disabled`;
const IN_MS = (parameter: string) => `now() + make_interval(secs => ${parameter} / 1000.0)`;
const STALE = `now() - make_interval(secs => $2 / 1000.0)`;

/** $1 session, $2 milliseconds. Sent for each living session every four seconds. */
const USE = keepPlan(
  'use_session',
  `
  with used as (
    update sessions set last_used_at = now() where id = (
      select id from sessions where id = $1 and revoked_at is null and last_used_at < ${STALE} for no key update skip locked)
  ), seen as (
    update users set last_seen_at = now() where id = (
      select u.id from users u join sessions s on s.user_id = u.id
      where s.id = $1 and s.revoked_at is null and u.last_seen_at < ${STALE}
      for no key update of u skip locked)
  )
  select ${STATE} from sessions s join users u on u.id = s.user_id where s.id = $1`,
);

@Injectable()
export class SessionRepository {
  constructor(@InjectRepository(Session) private readonly rows: Repository<Session>) {}

  /** Whether there is still such an account to sign in to. */
  async insert(session: NewSession): Promise<boolean> {
    const { id, userId, salt, epoch, transport, userAgent, ip, idleMs, maxMs } = session;
    const opened = await this.rows.query<unknown[]>(
      `with seen as (update users set last_seen_at = now() where id = $2 and erased_at is null returning id)
       insert into sessions (id, user_id, salt, epoch, transport, user_agent, ip, idle_expires_at, expires_at)
       select $1, seen.id, $3, $4, $5, $6, $7, ${IN_MS('$8')}, ${IN_MS('$9')} from seen returning id`,
      [id, userId, salt, epoch, transport, userAgent, ip, idleMs, maxMs],
    );
    return opened.length === 1;
  }

  async find(id: string): Promise<SessionState | null> {
    const [state] = await this.rows.query<SessionState[]>(
      `select ${STATE} from sessions s join users u on u.id = s.user_id where s.id = $1`,
      [id],
    );
    return state ?? null;
  }

  /** As `find`, and writes down, once in `staleMs`, that the session and its account are in use. It waits for no row. */
  async use(id: string, staleMs: number): Promise<SessionState | null> {
    const [state] = await this.rows.query<SessionState[]>(USE, [id, staleMs]);
    return state ?? null;
  }

  /** Newest first; the living ones. */
  async pageOwned(
    userId: string,
    { limit, after }: PageRequest<{ id: string }>,
  ): Promise<Page<ListedSession>> {
    const rows = await this.rows.query<ListedSession[]>(
      `select s.id, s.user_agent as "userAgent", host(s.ip) as ip, s.created_at as "createdAt",
         s.last_used_at as "lastUsedAt", least(s.idle_expires_at, s.expires_at) as "expiresAt"
       from sessions s join users u on u.id = s.user_id
       where s.user_id = $1 and ${LIVING} and ($2::uuid is null or s.id < $2)
       order by s.id desc limit $3`,
      [userId, after?.id ?? null, limit + 1],
    );
    return toPage(rows, limit, ({ id }) => ({ id }));
  }

  /**
   * Compare-and-set: of any number of parallel rotations from `rotation`, one is done. A token that is ahead of the database is
   * ours as well: a restore has lost the last rotations. False also where the account's row changed meanwhile: look again.
   */
  async rotate(id: string, rotation: number, idleMs: number): Promise<boolean> {
    const rotated = await this.rows.query<unknown[]>(
      `with rotated as (
         update sessions s set rotation = $2 + 1, rotated_at = now(), last_used_at = now(), idle_expires_at = ${IN_MS('$3')}
         from users u where u.id = s.user_id and s.id = $1 and rotation <= $2 and ${LIVING} returning s.user_id
       ), seen as (
         update users set last_seen_at = now() where id = (
           select id from users where id in (select user_id from rotated) for no key update skip locked)
       )
       select from rotated`,
      [id, rotation, idleMs],
    );
    return rotated.length === 1;
  }

  /** Whether there was one to revoke. Its epoch does not matter: a row that waited for a change of it would be missed. */
  async revokeOwned(userId: string, id: string, reason: RevokedReason): Promise<boolean> {
    const [, count] = await this.rows.query<[unknown, number]>(
      `update sessions set revoked_at = now(), revoked_reason = $3
       where id = $2 and user_id = $1 and revoked_at is null and idle_expires_at > now() and expires_at > now()`,
      [userId, id, reason],
    );
    return count === 1;
  }

  /** All but one, whatever their number: the account's epoch moves on, and that one with it. Whether there is such an account. */
  async endOthersOwned(userId: string, keptId: string): Promise<boolean> {
    const moved = await this.rows.query<unknown[]>(
      `with moved as (
         update users set session_epoch = session_epoch + 1 where id = $1 and erased_at is null returning session_epoch
       ), kept as (
         update sessions set epoch = moved.session_epoch from moved
         where sessions.id = $2 and sessions.user_id = $1 and sessions.epoch = moved.session_epoch - 1
       )
       select from moved`,
      [userId, keptId],
    );
    return moved.length === 1;
  }

  /** Whether somebody signed in to that account from that address (IPv6: that /64) in the last 30 days. */
  async isKnownAddress(userId: string | null, ip: string): Promise<boolean> {
    const found = await this.rows.query<unknown[]>(
      `select from sessions where user_id = $1 and created_at > now() - interval '30 days'
         and network(set_masklen(ip, least($3, case family(ip) when 4 then 32 else 128 end))) >>= $2::inet limit 1`,
      [userId, ip, ip.includes(':') ? 64 : 32],
    );
    return found.length === 1;
  }

  /** Some of what ended so long ago that nobody asks any more: how many. */
  async deleteOld(limit: number): Promise<number> {
    const [, count] = await this.rows.query<[unknown, number]>(
      `delete from sessions where id in (
         (select id from sessions where expires_at < now() - interval '30 days' limit $1)
         union
         (select id from sessions where revoked_at < now() - interval '30 days' limit $1)
         limit $1)`,
      [limit],
    );
    return count;
  }
}
