import { keepPlan } from '../../database/kept-plans';
import { countUsage } from '../../usage/usage.sql';
import { JOIN_RUNNING, MESSAGE_IN_TREE } from '../message.sql';

// Lock order everywhere: conversation, then generation. The other order deadlocks (docs/reply-engine.md).

/** $1 owner, $2 ids, $3 fences, $4 from, $5 to, $6 texts, $7 lease. Its form, and why: docs/reply-engine.md. */
export const HEARTBEAT = `
  with beat as materialized (
    select * from unnest($2::uuid[], $3::int[], $4::int[], $5::int[], $6::text[]) beat (reply_id, fence, from16, to16, delta)
  ), locked as materialized (
    select g.reply_id, g.len16, beat.from16, beat.to16, beat.delta
    from beat join generations g on g.reply_id = beat.reply_id and g.owner = $1 and g.fence = beat.fence
    for no key update of g skip locked
  ), extended as (
    update generations g set lease_until = now() + make_interval(secs => $7),
      started_at = coalesce(g.started_at, case when locked.to16 > 0 then now() end),
      len16 = case when locked.len16 = locked.from16 then locked.to16 else g.len16 end
    from locked where g.reply_id = locked.reply_id
    returning g.reply_id, g.len16, g.cancel_requested_at is not null as cancelled, coalesce(g.watched_until > now(), false) as watched
  ), appended as (
    insert into reply_chunks (reply_id, end16, text)
    select reply_id, to16, delta from locked where len16 = from16 and to16 > from16
  )
  select reply_id as "replyId", 'ok' as state, len16 as length, cancelled, watched from extended
  union all
  select beat.reply_id, case when g.reply_id is null then 'lost' else 'busy' end, null, null, null
  from beat left join generations g on g.reply_id = beat.reply_id and g.owner = $1 and g.fence = beat.fence
  where beat.reply_id not in (select reply_id from extended)`;

/**
 * $1 reply, $2 conversation, $3 owner, $4 fence, $5 status, $6 text, $7 its tokens, $8 finish reason, $9 prompt tokens or null,
 * $10 completion tokens or null, $11 error code, $12 error detail, $13 the model that answered or null, $14 whether it has cost anything:
 * where nobody has counted, what was given and what was said is. One row: stored. None: no longer the owner's.
 */
export const SETTLE = keepPlan(
  'settle',
  `
  with conversation as materialized (
    select id from conversations where id = $2 for no key update
  ), released as (
    delete from generations g using conversation
    where g.conversation_id = conversation.id and g.reply_id = $1 and g.owner = $3 and g.fence = $4 returning g.reply_id, g.prompt_tokens
  ), settled as (
    update messages message set status = $5, content = $6, tokens = $7::int, finish_reason = $8, model = coalesce($13, message.model),
      prompt_tokens = coalesce($9, case when $14 then released.prompt_tokens end),
      completion_tokens = coalesce($10, case when $14 then $7::int end), usage_estimated = $9::int is null and $14,
      error_code = $11, error_detail = $12, completed_at = now()
    from released where message.id = $1 and message.status = 'pending' returning message.*
  ), freed as (
    delete from usage_reservations using released where id = released.reply_id
  ), counted as (${countUsage(
    'select user_id, model, 1 as replies, prompt_tokens, completion_tokens from settled where prompt_tokens is not null',
  )}), touched as (
    update conversations set last_message_at = now(), last_activity_at = now(), updated_at = now()
    from settled where conversations.id = settled.conversation_id
  ), running as (select null::uuid as reply_id, null::timestamptz as started_at), written as (select null::text as text)
  select ${MESSAGE_IN_TREE} from settled m, running, written`,
);

/** $1 replies to leave alone */
export const ANY_EXPIRED = `
  select from generations where lease_until < now() and reply_id <> all ($1::uuid[]) limit 1`;

/** $1 new owner, $2 most rows, $3 lease, $4 replies to leave alone */
export const CLAIM_EXPIRED = `
  with expired as (
    select reply_id from generations where lease_until < now() and reply_id <> all ($4::uuid[]) order by lease_until limit $2
    for no key update skip locked
  )
  update generations g set owner = $1, fence = g.fence + 1, attempts = g.attempts + 1, lease_until = now() + make_interval(secs => $3)
  from expired where g.reply_id = expired.reply_id
  returning g.reply_id as "replyId", g.conversation_id as "conversationId", g.fence, g.attempts,
    g.len16 > 0 or g.started_at is not null as "hasText", g.cancel_requested_at is not null as cancelled`;

/** $1 reply */
export const REQUEST_CANCEL = `
  update generations set cancel_requested_at = coalesce(cancel_requested_at, now()) where reply_id = $1`;

/** $1 owner */
export const CANCEL_REQUESTED = `
  select reply_id as "replyId" from generations where owner = $1 and cancel_requested_at is not null`;

/** $1 owner, $2 replies that it keeps. A beat that is under way must not bring the lease back, so the fence goes up; being let go is no attempt. */
export const RELEASE = `
  update generations set lease_until = now() - interval '1 second', fence = fence + 1, attempts = attempts - 1
  where owner = $1 and reply_id <> all ($2::uuid[])`;

/** $1 new owner, $2 reply, $3 lease */
export const TAKE_OVER = `
  update generations set owner = $1, fence = fence + 1, lease_until = now() + make_interval(secs => $3) where reply_id = $2
  returning reply_id as "replyId", conversation_id as "conversationId", fence`;

/** $1 reply */
export const STORED_TEXT = `select string_agg(text, '' order by end16) as text from reply_chunks where reply_id = $1`;

/**
 * $1 replies, $2 UTF-16 units of each that are known, $3 seconds. A row for each that has more text or runs no more. For so many seconds
 * their writers store their text more often; to be told every other time is enough.
 */
export const READ_RUNNING = `
  with asked as materialized (
    select * from unnest($1::uuid[], $2::int[]) asked (reply_id, known16)
  ), unwatched as materialized (
    select g.reply_id from asked join generations g on g.reply_id = asked.reply_id
    where g.watched_until is null or g.watched_until < now() + make_interval(secs => $3 / 2.0)
    for no key update of g skip locked
  ), marked as (
    update generations g set watched_until = now() + make_interval(secs => $3) from unwatched where g.reply_id = unwatched.reply_id
  )
  select asked.reply_id as "replyId", g.reply_id is not null as running, coalesce(written.text, '') as text
  from asked left join generations g on g.reply_id = asked.reply_id
  left join lateral (
    select string_agg(c.text, '' order by c.end16) as text from reply_chunks c where c.reply_id = asked.reply_id and c.end16 > asked.known16
  ) written on g.len16 > asked.known16
  where g.reply_id is null or g.len16 > asked.known16`;

/** $1 replies */
export const READ_ENDED = `select ${MESSAGE_IN_TREE} from messages m ${JOIN_RUNNING} where m.id = any ($1)`;
