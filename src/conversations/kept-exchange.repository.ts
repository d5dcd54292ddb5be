import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { keepKey } from '../idempotency/idempotency.sql';
import type { Message } from './message.entity';

/** One turn of what was asked. */
export interface KeptTurn {
  readonly id: string;
  readonly role: Message['role'];
  /** Never empty. */
  readonly content: string;
  readonly tokens: number;
}

/** How the reply ended, with its text. */
export type KeptReply = Pick<
  Message,
  | 'id' | 'status' | 'content' | 'tokens' | 'model' | 'finishReason'
  | 'promptTokens' | 'completionTokens' | 'usageEstimated' | 'errorCode' | 'errorDetail'
>; // prettier-ignore

/** The key that an exchange was asked for under, which is held for its reply. */
interface HeldKey {
  readonly key: string;
  /** Of the answer, for those who ask again. */
  readonly status: number;
}

export interface NewExchange {
  readonly userId: string;
  readonly conversationId: string;
  readonly title: string;
  /** `provider/model` */
  readonly model: string;
  readonly systemPrompt: string | null;
  /** Oldest first, a question at both ends. */
  readonly turns: readonly KeptTurn[];
  readonly reply: KeptReply;
  /** Null: it was asked for without one. */
  readonly held: HeldKey | null;
}

/**
 * $1 user, $2 conversation, $3 title, $4 model, $5 system prompt, $6 ids of the turns, $7 their roles, $8 contents, $9 tokens,
 * then the reply: $10 id, $11 status, $12 content, $13 tokens, $14 model, $15 finish reason, $16 prompt tokens, $17 completion tokens,
 * $18 whether these are estimated, $19 error code, $20 error detail; $21 key or null, $22 its status.
 * Rows come in their order, so that the trigger that places a message finds its parent. One row for each message, or none: the key is lost, or all of it is there.
 */
const INSERT_EXCHANGE = `
  with held as (${keepKey('$1', '$21', '$10', '$22')}),
  turn as materialized (
    select *, lag(id) over (order by place) as parent_id
    from unnest($6::uuid[], $7::varchar[], $8::text[], $9::int[]) with ordinality turn (id, role, content, tokens, place)
  ),
  conversation as (
    insert into conversations (id, user_id, title, model, system_prompt, active_leaf_id, message_count, last_message_at)
    select $2, $1, $3, $4, $5, $10, (select count(*) from turn) + 1, now()
    where $21::varchar is null or exists (select from held)
    on conflict (id) do nothing -- stored before, by a try whose answer was lost
    returning id, user_id
  )
  insert into messages (id, user_id, conversation_id, parent_id, role, status, content, tokens, model, finish_reason,
    prompt_tokens, completion_tokens, usage_estimated, error_code, error_detail, completed_at)
  select message.id, conversation.user_id, conversation.id, parent_id, role, status, content, tokens, model, finish_reason,
    prompt_tokens, completion_tokens, usage_estimated, error_code, error_detail, now()
  from conversation, (
    select id, parent_id, role, 'completed' as status, content, tokens, null as model, null as finish_reason, null::int as prompt_tokens,
      null::int as completion_tokens, false as usage_estimated, null as error_code, null as error_detail, place
    from turn
    union all
    select $10, (select id from turn order by place desc limit 1), 'assistant', $11, $12, $13::int, $14, $15, $16::int, $17::int,
      $18::boolean, $19, $20, (select max(place) + 1 from turn)
  ) message order by place
  returning id`;

/** Exchanges that were had elsewhere, as conversations. */
@Injectable()
export class KeptExchangeRepository {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** All of it in one statement, with its key. False: another request has the key by now, or it is stored already; nothing was stored. */
  async insert({ userId, conversationId, reply, held, ...exchange }: NewExchange): Promise<boolean> {
    const { title, model, systemPrompt, turns } = exchange;
    const rows = await this.database.query<unknown[]>(INSERT_EXCHANGE, [
      ...[userId, conversationId, title, model, systemPrompt],
      ...(['id', 'role', 'content', 'tokens'] as const).map((name) => turns.map((turn) => turn[name])),
      ...[reply.id, reply.status, reply.content, reply.tokens, reply.model, reply.finishReason],
      ...[
        reply.promptTokens,
        reply.completionTokens,
        reply.usageEstimated,
        reply.errorCode,
        reply.errorDetail,
      ],
      ...[held?.key ?? null, held?.status ?? null],
    ]);
    return rows.length > 0;
  }
}
