import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';

export interface Count {
  readonly hits: number;
  /** Until the window ends. */
  readonly secondsLeft: number;
}

interface Hit {
  readonly key: string;
  readonly windowMs: number;
  readonly resolve: (count: Count) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * $1 keys, each once, $2 hits of each, $3 milliseconds of their windows. A fixed window is opened by the first hit. In the keys' order, so
 * that replicas that count the same ones do not wait for each other in a ring.
 */
const COUNT_HITS = `
  insert into rate_limits as r (key, hits, expires_at)
  select key, hits, now() + make_interval(secs => "windowMs" / 1000.0)
  from unnest($1::varchar[], $2::int[], $3::float8[]) hit (key, hits, "windowMs") order by key
  on conflict (key) do update set
    hits = case when r.expires_at <= now() then excluded.hits else r.hits + excluded.hits end,
    expires_at = case when r.expires_at <= now() then excluded.expires_at else r.expires_at end
  returning key, hits, greatest(1, ceil(round(extract(epoch from expires_at - now())::numeric, 3)))::int as "secondsLeft"`;

@Injectable()
export class RateLimitRepository {
  private waiting: Hit[] = [];

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Counts one hit in a fixed window, so that replicas can't race. The hits of one turn of the event loop share a statement: the more
   * there is to do, the more of them do.
   */
  hit(key: string, windowMs: number): Promise<Count> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key: digest(key), windowMs, resolve, reject });
      if (this.waiting.length === 1) setImmediate(() => void this.countAll());
    });
  }

  private async countAll(): Promise<void> {
    const hits = this.waiting;
    this.waiting = [];
    const byKey = new Map<string, Hit[]>();
    for (const hit of hits) byKey.set(hit.key, [...(byKey.get(hit.key) ?? []), hit]);
    const groups = [...byKey.values()];
    try {
      const counts = await this.database.query<(Count & { readonly key: string })[]>(COUNT_HITS, [
        [...byKey.keys()],
        groups.map(({ length }) => length),
        groups.map(([first]) => first!.windowMs),
      ]);
      for (const count of counts) tell(byKey.get(count.key)!, count);
    } catch (error) {
      for (const { reject } of hits) reject(error);
    }
  }

  /** One hit less, if the window is still open. */
  async takeBack(key: string): Promise<void> {
    await this.database.query(
      'update rate_limits set hits = hits - 1 where key = $1 and hits > 0 and expires_at > now()',
      [digest(key)],
    );
  }

  /** How many, `limit` at most. A batch of hits holds several rows at once: those are left alone, it would deadlock with this. */
  async deleteExpired(limit: number): Promise<number> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `delete from rate_limits where key = any (array(
         select key from rate_limits where expires_at < now() limit $1 for update skip locked))`,
      [limit],
    );
    return count;
  }
}

/** Each is told its own place in the row. */
function tell(hits: readonly Hit[], { hits: total, secondsLeft }: Count): void {
  for (const [place, { resolve }] of hits.entries())
    resolve({ hits: total - hits.length + place + 1, secondsLeft });
}

/** Counters are found by whoever knows the key, and tell nobody whose they are: no id, name or address is stored. */
const digest = (key: string): string => createHash('sha256').update(key).digest('base64url');
