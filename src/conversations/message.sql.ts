/**
 * A row of `messages` as `MessageInTree`: a running reply with the status and the text that `generations` and `reply_chunks`
 * hold. `m` is the message. Text is given without the length of its column: kept plans have this in their results (`keepPlan`).
 */
export const MESSAGE_IN_TREE = `
  m.id, m.conversation_id as "conversationId", m.parent_id as "parentId", m.role::text, m.model::text,
  case when m.status = 'pending' and running.started_at is not null then 'streaming' else m.status::text end as status,
  coalesce(written.text, m.content) as content,
  m.finish_reason::text as "finishReason", m.prompt_tokens as "promptTokens", m.completion_tokens as "completionTokens",
  m.usage_estimated as "usageEstimated",
  m.error_code::text as "errorCode", m.error_detail::text as "errorDetail",
  m.created_at as "createdAt", m.completed_at as "completedAt",
  array(
    select m.id -- in the statement that inserts it, a message is not in the table yet
    union
    select s.id from messages s where s.parent_id = m.parent_id
    union
    select s.id from messages s where m.parent_id is null and s.conversation_id = m.conversation_id and s.parent_id is null
    order by 1
  ) as "siblingIds"`;

export const JOIN_RUNNING = `
  left join generations running on running.reply_id = m.id
  left join lateral (
    select string_agg(c.text, '' order by c.end16) as text from reply_chunks c where c.reply_id = running.reply_id
  ) written on running.reply_id is not null`;

/** Whether a model is given this message: what a failed or unfinished turn said counts only where people may have read it. */
export const IS_GIVEN = (message: string): string =>
  `(${message}.status = 'completed' or (${message}.content <> '' and ${message}.finish_reason in ('cancelled', 'interrupted')))`;
