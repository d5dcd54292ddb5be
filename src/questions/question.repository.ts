import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { toPage, type Page, type PageRequest } from '../common/paging/page';
import type { Question } from './question';

/** Where the list goes on: the conversation's place among the account's. */
interface Place {
  readonly conversationId: string;
  readonly at: Date;
}

/** $1 user. A question and its one reply, in the conversation that holds them alone. What is being written is not read. */
const QUESTIONS = `
  select reply.id, question.content as question, reply.content as answer, reply.model, question.created_at as "createdAt",
    case when reply.status = 'pending' and running.started_at is not null then 'streaming' else reply.status end as status,
    reply.prompt_tokens as "promptTokens", reply.completion_tokens as "completionTokens", reply.usage_estimated as "usageEstimated",
    conversation.id as "conversationId", conversation.last_activity_at as at
  from conversations conversation
  join messages reply on reply.id = conversation.active_leaf_id
  join messages question on question.id = reply.parent_id
  left join generations running on running.reply_id = reply.id
  where conversation.user_id = $1 and conversation.kind = 'question'`;

@Injectable()
export class QuestionRepository {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Null when there is none, it is someone else's or a chat's: the caller cannot tell which. */
  async findOwned(userId: string, id: string): Promise<Question | null> {
    const [question] = await this.database.query<Question[]>(`${QUESTIONS} and reply.id = $2`, [userId, id]);
    return question ?? null;
  }

  /** Newest first. */
  async pageOwned(
    userId: string,
    { limit, after }: PageRequest<{ id: string; at: Date }>,
  ): Promise<Page<Question>> {
    const rows = await this.database.query<(Question & Place)[]>(
      `${QUESTIONS} and not conversation.archived
         and ($2::timestamptz is null or (conversation.last_activity_at, conversation.id) < ($2, $3::uuid))
       order by conversation.last_activity_at desc, conversation.id desc limit $4`,
      [userId, after?.at ?? null, after?.id ?? null, limit + 1],
    );
    return toPage(rows, limit, ({ conversationId: id, at }) => ({ id, at }));
  }
}
