import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { IS_GIVEN } from './message.sql';
import type { TurnContext } from './replies/turn-context';

/** What a model was given for a reply. Ids are oldest first. */
export interface ReplyContext extends Pick<TurnContext, 'windowTokens' | 'promptTokens' | 'systemPrompt'> {
  readonly model: string;
  readonly messageIds: readonly string[];
  /** Of the messages before the question that were not given, the newest hundred. */
  readonly droppedIds: readonly string[];
  /** All of them. */
  readonly droppedCount: number;
}

const MOST_DROPPED = 100;

/**
 * $1 user, $2 conversation, $3 reply. The branch above a message never changes, so what was given is where it began (`context.from`):
 * up to there the messages that are given at all, and beyond none. A constant number of steps, whatever the branch's length.
 */
const READ_CONTEXT = `
  with recursive reply as materialized (
    select m.parent_id, m.model, m.context, (m.context->>'from')::uuid as "from" from messages m
    where m.id = $3 and m.conversation_id = $2 and m.user_id = $1 and m.context is not null
  ), branch as (
    select question.id, question.parent_id, question.depth, true as given, reply."from" is null as past, 0 as dropped
    from reply join messages question on question.id = reply.parent_id
    union all
    select up.id, up.parent_id, up.depth, seen.given, branch.past or up.id = reply."from", branch.dropped + (not seen.given)::int
    from branch cross join reply join messages up on up.id = branch.parent_id
    cross join lateral (select not branch.past and ${IS_GIVEN('up')} as given) seen
    where branch.dropped < ${MOST_DROPPED}
  )
  select reply.model, (context->>'windowTokens')::int as "windowTokens", (context->>'promptTokens')::int as "promptTokens",
    context->>'systemPrompt' as "systemPrompt",
    array(select id from branch where given order by depth) as "messageIds",
    array(select id from branch where not given order by depth) as "droppedIds",
    (select max(depth) + 1 - count(*) filter (where given) from branch)::int as "droppedCount"
  from reply`;

@Injectable()
export class ReplyContextRepository {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Null: no such reply of that user. */
  async findOwned(userId: string, conversationId: string, replyId: string): Promise<ReplyContext | null> {
    const [context] = await this.database.query<ReplyContext[]>(READ_CONTEXT, [
      userId,
      conversationId,
      replyId,
    ]);
    return context ?? null;
  }
}
