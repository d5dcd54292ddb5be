import { keepPlan } from '../../database/kept-plans';
import { lockLimited, quotaState } from '../../usage/usage.sql';
import { IS_GIVEN, JOIN_RUNNING, MESSAGE_IN_TREE } from '../message.sql';
import { MESSAGE_TOKENS } from './turn-context';

/**
 * $1 conversation, $2 user, $3 whether all accounts have a quota, $4 the conversation's kind. Where a quota applies the account is
 * locked, so that within a transaction what is read of the quota later stays true.
 */
export const LOOK_AT_CONVERSATION = keepPlan(
  'look_at_conversation',
  `
  with conversation as materialized (
    select user_id, active_leaf_id, message_count, model, system_prompt from conversations where id = $1 and user_id = $2 and kind = $4
  ), account as materialized (${lockLimited('(select user_id from conversation)', '$3')})
  select active_leaf_id as "activeLeafId", message_count as "messageCount", conversation.model::text, system_prompt::text as "systemPrompt",
    (select default_model::text from users where users.id = $2) as "accountModel",
    (select reply_id from generations where conversation_id = $1) as "runningReplyId",
    account.quota, exists (select from account) as "isLimited"
  from conversation left join account on true`,
);

/** $1 conversation, $2 user, $3 kind */
export const INSERT_CONVERSATION = 'insert into conversations (id, user_id, kind) values ($1, $2, $3)';

const MOST_GIVEN = 500;

/** Found by its key, also by a plan that was made while the table was small: `offset 0` keeps it from reading the whole of it instead. */
const messageBy = (id: string): string =>
  `lateral (select * from messages where messages.id = ${id} offset 0)`;

/** The newest messages that fit, up from `leaf`, in $1: a constant number of steps, whatever the branch's length. What is not given takes nothing. */
function branchThatFits(leaf: string, room: string): string {
  const takes = (message: string) =>
    `case when ${IS_GIVEN(message)} then ${message}.tokens + ${MESSAGE_TOKENS} else 0 end`;
  return `branch as (
    select m.id, m.parent_id, ${takes('m')} as total, 1 as step from messages m
    where m.id = ${leaf} and m.conversation_id = $1 and ${takes('m')} <= ${room}
    union all
    select up.id, up.parent_id, branch.total + ${takes('up')}, branch.step + 1
    from branch cross join ${messageBy('branch.parent_id')} up
    where branch.total + ${takes('up')} <= ${room} and branch.step < ${MOST_GIVEN}
  )`;
}

/** Rows of `state`, one for each message of the history, oldest first, or one without any. */
const WITH_HISTORY = `
  select state.*, quota.*, m.id, m.role::text, m.content, m.tokens
  from state left join quota on true
  left join (branch cross join ${messageBy('branch.id')} m) on ${IS_GIVEN('m')}
  order by branch.step desc`;

/**
 * $1 conversation, $2 parent or null, $3 most siblings, $4 tokens of history, $5 user, $6 whether a quota applies, $7 its period.
 * Siblings in order, so that the planner takes the index that has it and stops.
 */
export const READ_TURN = keepPlan(
  'read_turn',
  `
  with recursive ${branchThatFits('$2', '$4::int')}, quota as materialized (select ${quotaState('$5', '$7')} where $6),
  state as materialized (
    select
      (select role = 'assistant' and status <> 'pending' from messages where id = $2 and conversation_id = $1) as "parentIsEndedReply",
      (select count(*)::int from (
        (select id from messages where parent_id = $2 order by id limit $3)
        union all
        (select id from messages where $2::uuid is null and conversation_id = $1 and parent_id is null order by id limit $3)
      ) sibling) as siblings
  ) ${WITH_HISTORY}`,
);

/** The conversation, locked, if it is still as it was looked at: no turn has come in since, and none is going on that was not seen then. */
const asItWas = (messageCount: string, activeLeafId: string): string =>
  `id = $2 and user_id = $1 and message_count = ${messageCount} and active_leaf_id is not distinct from ${activeLeafId}`;

/**
 * $1 user, $2 conversation, $3 question, $4 reply, $5 parent, $6 content, $7 its tokens, $8 model, $9 owner, $10 lease, $11 context,
 * $12 tokens of what is given, $13 tokens to set aside or null, $14 title for one that has none yet, $15 count of messages and
 * $16 active leaf as they were. The question and the reply, or no row: the conversation has changed meanwhile, or is gone.
 */
export const INSERT_EXCHANGE = keepPlan(
  'insert_exchange',
  `
  with touched as (
    update conversations set active_leaf_id = $4, message_count = message_count + 2,
      title = case when message_count = 0 then coalesce(title, $14) else title end,
      last_message_at = now(), last_activity_at = now(), updated_at = now()
    where ${asItWas('$15', '$16')} returning id
  ), inserted as (
    insert into messages (id, user_id, conversation_id, parent_id, role, status, content, tokens, model, context, completed_at)
    select message.id, $1, touched.id, parent_id, role, status, content, tokens, model, context, completed_at from touched, (values
      ($3::uuid, $5::uuid, 'user', 'completed', $6, $7::int, null, null::jsonb, now()),
      ($4, $3, 'assistant', 'pending', '', 0, $8, $11, null)
    ) message (id, parent_id, role, status, content, tokens, model, context, completed_at)
    order by role desc -- the trigger that places a message has to find its parent
    returning *
  ), generation as (
    insert into generations (reply_id, conversation_id, owner, lease_until, prompt_tokens)
    select $4, id, $9, now() + make_interval(secs => $10), $12 from touched
  ), reserved as (
    insert into usage_reservations (id, user_id, tokens) select $4, $1, $13::bigint from touched where $13::bigint is not null
  )
  select ${MESSAGE_IN_TREE} from inserted m ${JOIN_RUNNING} order by m.role desc`,
);

/** $1 conversation, $2 reply to be written anew, $3 most siblings, $4 tokens of history and question, $5 user, $6 whether a quota applies, $7 its period */
export const READ_REGENERATION = keepPlan(
  'read_regeneration',
  `
  with recursive asked as materialized (
    select question.id, question.parent_id, question.tokens from messages former join messages question on question.id = former.parent_id
    where former.id = $2 and former.conversation_id = $1 and former.role = 'assistant'
  ), ${branchThatFits('(select parent_id from asked)', '$4::int - (select tokens from asked)')},
  quota as materialized (select ${quotaState('$5', '$7')} where $6),
  state as materialized (
    select
      asked.id as "questionId", asked.tokens as "questionTokens",
      (select count(*)::int from (
        select id from messages where parent_id = asked.id order by id limit $3
      ) sibling) as siblings
    from asked
  ) ${WITH_HISTORY}`,
);

/**
 * $1 user, $2 conversation, $3 question, $4 reply, $5 model, $6 owner, $7 lease, $8 context, $9 tokens of what is given, $10 tokens to set
 * aside or null, $11 count of messages and $12 active leaf as they were. Rows as of `INSERT_EXCHANGE`.
 */
export const INSERT_REPLY = keepPlan(
  'insert_reply',
  `
  with touched as (
    update conversations set active_leaf_id = $4, message_count = message_count + 1,
      last_message_at = now(), last_activity_at = now(), updated_at = now()
    where ${asItWas('$11', '$12')} returning id
  ), inserted as (
    insert into messages (id, user_id, conversation_id, parent_id, role, status, content, tokens, model, context)
    select $4, $1, id, $3, 'assistant', 'pending', '', 0, $5, $8::jsonb from touched returning *
  ), generation as (
    insert into generations (reply_id, conversation_id, owner, lease_until, prompt_tokens)
    select $4, id, $6, now() + make_interval(secs => $7), $9 from touched
  ), reserved as (
    insert into usage_reservations (id, user_id, tokens) select $4, $1, $10::bigint from touched where $10::bigint is not null
  )
  select ${MESSAGE_IN_TREE}
  from (select * from inserted union all select messages.* from messages, touched where messages.id = $3) m ${JOIN_RUNNING} order by m.role desc`,
);

/** $1 reply: as it was opened, the question first */
export const READ_OPENED = `
  select ${MESSAGE_IN_TREE}, m.context
  from messages reply join messages m on m.id in (reply.id, reply.parent_id) ${JOIN_RUNNING}
  where reply.id = $1 order by m.role desc`;

/** $1 the question's parent, $2 the oldest that was given: what was given between them */
export const READ_GIVEN = `
  with recursive branch as (
    select id, parent_id, 1 as step from messages where id = $1 and $2::uuid is not null
    union all
    select up.id, up.parent_id, branch.step + 1
    from branch join messages up on up.id = branch.parent_id where branch.id <> $2 and branch.step < ${MOST_GIVEN}
  )
  select m.role, m.content from branch join messages m using (id) where ${IS_GIVEN('m')} order by branch.step desc`;
