/** Beginning of the running period, `day` or `month`, as a date in UTC; the database's clock judges. */
const periodStart = (period: string) => `date_trunc(${period}, now() at time zone 'utc')`;

/** When the running period ends. */
const periodEnd = (period: string) =>
  `(${periodStart(period)} + ('1 ' || ${period})::interval) at time zone 'utc'`;

/** Columns of `QuotaState`. To be read under the account's lock, in a statement of its own: its snapshot has to be younger. */
export const quotaState = (user: string, period: string): string => `
  (select coalesce(sum(prompt_tokens + completion_tokens), 0)::float8 from usage_days
    where user_id = ${user} and day >= ${periodStart(period)}::date) as "spentTokens",
  (select coalesce(sum(tokens), 0)::float8 from usage_reservations
    where user_id = ${user} and (expires_at is null or expires_at > now())) as "reservedTokens",
  extract(epoch from ${periodEnd(period)} - now())::float8 as "resetSeconds", ${periodEnd(period)} as "resetsAt"`;

/** Locks an account that a quota applies to, `hasDefault` saying whether it applies to all; no row where none does. */
export const lockLimited = (user: string, hasDefault: string): string => `
  select u.quota_tokens::float8 as quota from users u
  where u.id = ${user} and (u.quota_tokens is not null or ${hasDefault}) for no key update`;

/** Counts what `source` says: its columns are user_id, model, replies, prompt_tokens, completion_tokens, one row a model of an account. */
export const countUsage = (source: string): string => `
  insert into usage_days as d (user_id, day, model, replies, prompt_tokens, completion_tokens)
  select user_id, (now() at time zone 'utc')::date, model, replies, prompt_tokens, completion_tokens from (${source}) counted
  order by user_id, model -- so that two who count several rows meet them in one order
  on conflict (user_id, day, model) do update set replies = d.replies + excluded.replies,
    prompt_tokens = d.prompt_tokens + excluded.prompt_tokens, completion_tokens = d.completion_tokens + excluded.completion_tokens`;
