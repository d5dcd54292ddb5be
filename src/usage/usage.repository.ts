import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { newId } from '../common/ids';
import { Config } from '../config/config';
import { limitOf, refuseBeyondQuota, type QuotaState } from './quota';
import type { DayOfUsage, Reservation, SpentTokens, WantedTokens } from './tokens';
import { countUsage, lockLimited, quotaState } from './usage.sql';

/** $1 user, $2 whether all accounts have a quota */
const LOCK_LIMITED = lockLimited('$1', '$2');

/** $1 user, $2 period */
const READ_STATE = `select ${quotaState('$1', '$2')}`;

/** $1 user, $2 period */
const READ_QUOTA = `
  select (select quota_tokens::float8 from users where id = $1) as quota, ${quotaState('$1', '$2')}`;

/** $1 id, $2 user, $3 tokens, $4 model, $5 prompt tokens, $6 seconds to its expiry. Of an account that is gone, nothing is. */
const RESERVE = `
  insert into usage_reservations (id, user_id, tokens, model, prompt_tokens, expires_at)
  select $1, id, $3, $4, $5, now() + make_interval(secs => $6) from users where id = $2 for key share`;

/**
 * $1 reservation, $2 user, $3 model or null, $4 replies, $5 prompt tokens, $6 completion tokens. Nothing is counted of a
 * reservation that has been settled, nor of an account that is gone.
 */
const SETTLE = `
  with freed as (delete from usage_reservations where id = $1 returning id),
  account as (
    select id from users where id = $2 and $3::varchar is not null and exists (select from freed) for key share
  )
  ${countUsage('select id as user_id, $3::varchar as model, $4::int as replies, $5::bigint as prompt_tokens, $6::bigint as completion_tokens from account')}`;

/** $1 how many. What a call whose process has died was given counts; what it answered nobody knows. */
const SETTLE_EXPIRED = `
  with expired as (
    delete from usage_reservations where id in (
      select id from usage_reservations where expires_at < now() order by expires_at limit $1 for update skip locked
    ) returning user_id, model, prompt_tokens
  ), counted as (${countUsage(
    `select user_id, model, count(*)::int as replies, sum(prompt_tokens) as prompt_tokens, 0 as completion_tokens
     from expired group by user_id, model`,
  )})
  select count(*)::int as count from expired`;

/** $1 user, $2 first day, $3 last day */
const READ_DAYS = `
  select to_char(day, 'YYYY-MM-DD') as day, model, replies, prompt_tokens::float8 as "promptTokens", completion_tokens::float8 as "completionTokens"
  from usage_days where user_id = $1 and day between $2 and $3 order by usage_days.day desc, model`;

@Injectable()
export class UsageRepository {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly config: Config,
  ) {}

  /**
   * Sets nothing aside where no quota applies; the row is there to be counted once. Lock, read and write are statements of their own,
   * as they are for replies (`turn.repository.ts`): a read that shares one with its lock is older than the lock.
   *
   * @throws DomainError `quota_exceeded`
   */
  reserve(userId: string, wanted: WantedTokens, ttlMs: number): Promise<string> {
    const { usage } = this.config;
    const tokens = wanted.promptTokens + wanted.completionTokens;
    return this.database.transaction(async (transaction) => {
      const [account] = await transaction.query<{ quota: number | null }[]>(LOCK_LIMITED, [
        userId,
        usage.quotaTokens !== null,
      ]);
      const limit = account ? limitOf(account.quota, usage) : null;
      if (limit !== null) {
        const [state] = await transaction.query<QuotaState[]>(READ_STATE, [userId, usage.quotaPeriod]);
        refuseBeyondQuota(limit, tokens, state!);
      }
      const [id, reserved] = [newId(), limit === null ? 0 : tokens];
      await transaction.query(RESERVE, [
        id,
        userId,
        reserved,
        wanted.model,
        wanted.promptTokens,
        ttlMs / 1000,
      ]);
      return id;
    });
  }

  async settle({ id, userId }: Reservation, spent: SpentTokens | null): Promise<void> {
    const { model = null, replies = 1, promptTokens = 0, completionTokens = 0 } = spent ?? {};
    await this.database.query(SETTLE, [id, userId, model, replies, promptTokens, completionTokens]);
  }

  /** How many there were. */
  async settleExpired(limit: number): Promise<number> {
    const [row] = await this.database.query<{ count: number }[]>(SETTLE_EXPIRED, [limit]);
    return row!.count;
  }

  /** Newest day first; both days included. */
  days(userId: string, from: string, to: string): Promise<DayOfUsage[]> {
    return this.database.query<DayOfUsage[]>(READ_DAYS, [userId, from, to]);
  }

  /** `quota`: the account's own. */
  async quota(userId: string): Promise<QuotaState & { readonly quota: number | null }> {
    const rows = await this.database.query<(QuotaState & { quota: number | null })[]>(READ_QUOTA, [
      userId,
      this.config.usage.quotaPeriod,
    ]);
    return rows[0]!;
  }
}
