import { JOIN_RUNNING, MESSAGE_IN_TREE } from '../message.sql';

/** $1 conversation, $2 user */
export const LOCK_CONVERSATION = `
  select active_leaf_id as "activeLeafId", model, system_prompt as "systemPrompt",
    (select default_model from users where users.id = $2) as "accountModel"
  from conversations where id = $1 and user_id = $2 for no key update`;

/** $1 conversation, $2 user */
export const INSERT_CONVERSATION = 'insert into conversations (id, user_id) values ($1, $2)';

/** $1 conversation, $2 parent or null, $3 most siblings. In order, so that the planner takes the index that has it and stops. */
export const READ_TURN = `
  select
    (select reply_id from generations where conversation_id = $1) as "runningReplyId",
    (select role = 'assistant' and status <> 'pending' from messages where id = $2 and conversation_id = $1) as "parentIsEndedReply",
    (select count(*)::int from (
      (select id from messages where parent_id = $2 order by id limit $3)
      union all
      (select id from messages where $2::uuid is null and conversation_id = $1 and parent_id is null order by id limit $3)
    ) sibling) as siblings`;

/** $1 user, $2 conversation, $3 question, $4 reply, $5 parent, $6 content, $7 its tokens, $8 model, $9 owner, $10 lease */
export const INSERT_EXCHANGE = `
  with inserted as (
    insert into messages (id, user_id, conversation_id, parent_id, role, status, content, tokens, model, completed_at) values
      ($3, $1, $2, $5, 'user', 'completed', $6, $7, null, now()),
      ($4, $1, $2, $3, 'assistant', 'pending', '', 0, $8, null)
    returning *
  ), generation as (
    insert into generations (reply_id, conversation_id, owner, lease_until) values ($4, $2, $9, now() + make_interval(secs => $10))
  ), touched as (
    update conversations set active_leaf_id = $4, message_count = message_count + 2,
      last_message_at = now(), last_activity_at = now(), updated_at = now()
    where id = $2
  )
  select ${MESSAGE_IN_TREE} from inserted m ${JOIN_RUNNING} order by m.role desc`;

/** $1 conversation, $2 reply to be written anew, $3 most siblings */
export const READ_REGENERATION = `
  select
    (select reply_id from generations where conversation_id = $1) as "runningReplyId",
    former.parent_id as "questionId",
    (select count(*)::int from (
      select id from messages where parent_id = former.parent_id order by id limit $3
    ) sibling) as siblings
  from messages former where former.id = $2 and former.conversation_id = $1 and former.role = 'assistant'`;

/** $1 user, $2 conversation, $3 question, $4 reply, $5 model, $6 owner, $7 lease */
export const INSERT_REPLY = `
  with inserted as (
    insert into messages (id, user_id, conversation_id, parent_id, role, status, content, tokens, model)
    values ($4, $1, $2, $3, 'assistant', 'pending', '', 0, $5) returning *
  ), generation as (
    insert into generations (reply_id, conversation_id, owner, lease_until) values ($4, $2, $6, now() + make_interval(secs => $7))
  ), touched as (
    update conversations set active_leaf_id = $4, message_count = message_count + 1,
      last_message_at = now(), last_activity_at = now(), updated_at = now()
    where id = $2
  )
  select ${MESSAGE_IN_TREE}
  from (select * from inserted union all select * from messages where id = $3) m ${JOIN_RUNNING} order by m.role desc`;

/** $1 the last message, $2 most tokens in all. What a failed or unfinished turn said counts only if people may have read it. */
export const HISTORY = `
  with recursive branch as (
    select id, parent_id, tokens as total, 0 as step from messages where id = $1 and tokens <= $2
    union all
    select up.id, up.parent_id, branch.total + up.tokens, branch.step + 1
    from branch join messages up on up.id = branch.parent_id
    where branch.total + up.tokens <= $2 and branch.step < 500
  )
  select m.role, m.content from branch join messages m using (id)
  where m.status = 'completed' or (m.content <> '' and m.finish_reason in ('cancelled', 'interrupted'))
  order by branch.step desc`;

/** $1 reply: as it was opened, the question first */
export const READ_OPENED = `
  select ${MESSAGE_IN_TREE}, conversation.system_prompt as "systemPrompt"
  from messages reply join messages m on m.id in (reply.id, reply.parent_id)
  join conversations conversation on conversation.id = reply.conversation_id ${JOIN_RUNNING}
  where reply.id = $1 order by m.role desc`;
