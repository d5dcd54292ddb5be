import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Session, type RevokedReason } from './session.entity';

/** What a request or a refresh needs to know of a session. Times are judged by the database's clock. */
export interface SessionState {
  readonly id: string;
  readonly userId: string;
  readonly salt: Buffer;
  readonly rotation: number;
  readonly living: boolean;
  /** The last rotation was at most 10 s ago. */
  readonly justRotated: boolean;
}

export interface NewSession {
  readonly id: string;
  readonly userId: string;
  readonly salt: Buffer;
  readonly idleMs: number;
  readonly maxMs: number;
}

const LIVING = 'revoked_at is null and idle_expires_at > now() and expires_at > now()';
const STATE = `id, user_id as "userId", salt, rotation, ${LIVING} as living,
  rotated_at > now() - interval '10 seconds' as "justRotated"`;

@Injectable()
export class SessionRepository {
  constructor(@InjectRepository(Session) private readonly rows: Repository<Session>) {}

  async insert({ id, userId, salt, idleMs, maxMs }: NewSession): Promise<void> {
    await this.rows.query(
      `insert into sessions (id, user_id, salt, idle_expires_at, expires_at)
       values ($1, $2, $3, now() + make_interval(secs => $4 / 1000.0), now() + make_interval(secs => $5 / 1000.0))`,
      [id, userId, salt, idleMs, maxMs],
    );
  }

  async find(id: string): Promise<SessionState | null> {
    const [state] = await this.rows.query<SessionState[]>(`select ${STATE} from sessions where id = $1`, [
      id,
    ]);
    return state ?? null;
  }

  /** Compare-and-set: of any number of parallel rotations from `rotation`, one is done. */
  async rotate(id: string, rotation: number, idleMs: number): Promise<boolean> {
    const [, count] = await this.rows.query<[unknown, number]>(
      `update sessions set rotation = rotation + 1, rotated_at = now(),
         idle_expires_at = now() + make_interval(secs => $3 / 1000.0)
       where id = $1 and rotation = $2 and ${LIVING}`,
      [id, rotation, idleMs],
    );
    return count === 1;
  }

  async revoke(id: string, reason: RevokedReason): Promise<void> {
    await this.rows.query(
      'update sessions set revoked_at = now(), revoked_reason = $2 where id = $1 and revoked_at is null',
      [id, reason],
    );
  }
}
