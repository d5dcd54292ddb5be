import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThan, Repository } from 'typeorm';
import { newId } from '../common/ids';
import { toPage, type Page, type PageRequest } from '../common/paging/page';
import { keyTaken } from '../idempotency/idempotency.service';
import { TAKE_KEY } from '../idempotency/idempotency.sql';
import type { KeyedRequest } from '../idempotency/keyed-request';
import { countUsage } from '../usage/usage.sql';
import { Conversation } from './conversation.entity';

export interface ConversationFilter {
  readonly archived: boolean;
  /** Null: pinned or not. */
  readonly pinned: boolean | null;
}

export type NewConversation = Pick<
  Conversation,
  'id' | 'userId' | 'title' | 'model' | 'systemPrompt' | 'metadata'
>;

/** What a user may change. Absent: left as it is. */
export type ConversationChanges = Partial<
  Pick<Conversation, 'title' | 'model' | 'systemPrompt' | 'pinned' | 'archived' | 'metadata' | 'activeLeafId'>
>;

/** What was deleted, and which replies were being written in it. */
export interface Deleted {
  readonly count: number;
  readonly replyIds: readonly string[];
}

/** So that one statement keeps to its time (100,000 messages take about a second): so many conversations, */
const DELETED_AT_ONCE = 20;
/** and no more of them once they have so many messages together. */
const MESSAGES_AT_ONCE = 20_000;
/** $1 user, $2 the last one */
const NEXT_TO_DELETE = `id in (
  select id from (
    select id, sum(message_count) over (order by id) - message_count as before from (
      select id, message_count from conversations where user_id = $1 and id <= $2 order by id limit ${DELETED_AT_ONCE}
    ) first_ones
  ) counted where before < ${MESSAGES_AT_ONCE})`;

/** UTF-16 units of a token of prose: what a reply that is deleted in mid-sentence has cost is not worth more than an estimate. */
const UNITS_A_TOKEN = 4;

/** $1 conversations: ends the replies being written in them. What they were given counts, since their models may be thinking. */
const END_REPLIES = `
  with ended as (
    delete from generations where conversation_id = any ($1) returning reply_id, prompt_tokens, len16
  ), freed as (
    delete from usage_reservations using ended where id = ended.reply_id
  ), counted as (${countUsage(
    `select m.user_id, m.model, count(*)::int as replies, sum(ended.prompt_tokens) as prompt_tokens,
       sum(ceil(ended.len16 / ${UNITS_A_TOKEN}.0)) as completion_tokens
     from ended join messages m on m.id = ended.reply_id group by m.user_id, m.model`,
  )})
  select reply_id from ended`;

@Injectable()
export class ConversationRepository {
  constructor(@InjectRepository(Conversation) private readonly rows: Repository<Conversation>) {}

  async insert(conversation: NewConversation, keyed: KeyedRequest | null = null): Promise<Conversation> {
    const row = this.rows.create({ ...conversation, activeLeafId: null, lastMessageAt: null });
    if (keyed) await this.insertOnce(row, keyed);
    else await this.rows.insert(row); // which brings back what the database has added: the row may be gone before one could look
    return row;
  }

  /** @throws DomainError `conflict` – another request has the key, perhaps this very one. */
  private insertOnce(conversation: Conversation, { key, hash }: KeyedRequest): Promise<void> {
    return this.rows.manager.transaction(async (transaction) => {
      const parameters = [conversation.userId, key, hash, conversation.id];
      const taken = await transaction.query<unknown[]>(TAKE_KEY, parameters);
      if (taken.length === 0) throw keyTaken();
      await transaction.insert(Conversation, conversation);
    });
  }

  /** Null when there is none, it is someone else's or a question's: the caller cannot tell which. */
  findOwned(userId: string, id: string): Promise<Conversation | null> {
    return this.rows.findOneBy({ userId, id, kind: 'chat' });
  }

  /** Most recent activity first; `id` breaks ties, so no row is lost or shown twice. */
  async pageOwned(
    userId: string,
    { archived, pinned }: ConversationFilter,
    { limit, after }: PageRequest<{ id: string; at: Date }>,
  ): Promise<Page<Conversation>> {
    const query = this.rows
      .createQueryBuilder('conversation')
      .where('conversation.userId = :userId', { userId })
      .andWhere('conversation.archived = :archived', { archived })
      .andWhere(`conversation.kind = 'chat'`)
      .orderBy({ 'conversation.lastActivityAt': 'DESC', 'conversation.id': 'DESC' })
      .limit(limit + 1);
    if (pinned !== null) query.andWhere(pinned ? 'conversation.pinned' : 'not conversation.pinned');
    if (after) query.andWhere('(conversation.lastActivityAt, conversation.id) < (:at, :id)', after);
    return toPage(await query.getMany(), limit, (row) => ({ at: row.lastActivityAt, id: row.id }));
  }

  /** Whatever the account has, questions included; oldest first. */
  allOwned(userId: string, afterId: string | null, limit: number): Promise<Conversation[]> {
    return this.rows.find({
      where: { userId, ...(afterId !== null && { id: MoreThan(afterId) }) },
      order: { id: 'ASC' },
      take: limit,
    });
  }

  /**
   * One statement, owner included: a check followed by a write would leave a gap between them. Null: there is no such conversation, or
   * none with so many messages.
   */
  async changeOwned(
    userId: string,
    id: string,
    changes: ConversationChanges,
    messageCount?: number,
  ): Promise<Conversation | null> {
    const which = { userId, id, kind: 'chat' as const, ...(messageCount !== undefined && { messageCount }) };
    const { affected } = await this.rows.update(which, { ...changes, updatedAt: () => 'now()' });
    return affected ? this.findOwned(userId, id) : null;
  }

  /** Only where the title is still the one that was read. Neither activity nor a change of its owner's. */
  async replaceTitle(userId: string, id: string, before: string, after: string): Promise<void> {
    await this.rows.update({ userId, id, title: before }, { title: after });
  }

  /** With everything in it; a reply being written loses its row first, so that its writer can store nothing more. */
  async deleteOwned(userId: string, id: string): Promise<Deleted> {
    return this.delete(`id = $2 and kind = 'chat'`, [userId, id]);
  }

  /** The account's whole history as it is now, some conversations at a time. */
  async deleteAllOwned(userId: string): Promise<Deleted> {
    const upTo = newId();
    const deleted: Deleted[] = [];
    do deleted.push(await this.delete(NEXT_TO_DELETE, [userId, upTo]));
    while (deleted.at(-1)!.count > 0);
    return {
      count: deleted.reduce((sum, { count }) => sum + count, 0),
      replyIds: deleted.flatMap(({ replyIds }) => replyIds),
    };
  }

  /** Locked first, in a statement of its own: what was opened while the lock was waited for is then seen, and ended. */
  private delete(which: string, parameters: [userId: string, id: string]): Promise<Deleted> {
    return this.rows.manager.transaction(async (transaction) => {
      const doomed = await transaction.query<{ id: string }[]>(
        `select id from conversations where user_id = $1 and ${which} for update`,
        parameters,
      );
      const ids = doomed.map(({ id }) => id);
      if (ids.length === 0) return { count: 0, replyIds: [] };
      const ended = await transaction.query<{ reply_id: string }[]>(END_REPLIES, [ids]);
      await transaction.query('delete from conversations where id = any ($1)', [ids]);
      return { count: ids.length, replyIds: ended.map(({ reply_id }) => reply_id) };
    });
  }
}
