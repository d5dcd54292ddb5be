import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';

export interface Count {
  readonly hits: number;
  /** Until the window ends. */
  readonly secondsLeft: number;
}

@Injectable()
export class RateLimitRepository {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Counts one hit in a fixed window that the first hit opens, in one statement, so that replicas can't race. */
  async hit(key: string, windowMs: number): Promise<Count> {
    const [count] = await this.database.query<Count[]>(
      `insert into rate_limits as r (key, hits, expires_at) values ($1, 1, now() + make_interval(secs => $2 / 1000.0))
       on conflict (key) do update set
         hits = case when r.expires_at <= now() then 1 else r.hits + 1 end,
         expires_at = case when r.expires_at <= now() then excluded.expires_at else r.expires_at end
       returning hits, greatest(1, ceil(round(extract(epoch from expires_at - now())::numeric, 3)))::int as "secondsLeft"`,
      [digest(key), windowMs],
    );
    return count!;
  }

  /** One hit less, if the window is still open. */
  async takeBack(key: string): Promise<void> {
    await this.database.query(
      'update rate_limits set hits = hits - 1 where key = $1 and hits > 0 and expires_at > now()',
      [digest(key)],
    );
  }

  async deleteExpired(): Promise<void> {
    await this.database.query('delete from rate_limits where expires_at < now()');
  }
}

/** Counters are found by whoever knows the key, and tell nobody whose they are: no id, name or address is stored. */
const digest = (key: string): string => createHash('sha256').update(key).digest('base64url');
