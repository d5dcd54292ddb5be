import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { notFound } from '../../common/errors/domain-error';
import { countTokens } from '../../common/tokens';
import { Config } from '../../config/config';
import { keyTaken } from '../../idempotency/idempotency.service';
import { TAKE_KEY } from '../../idempotency/idempotency.sql';
import type { KeyedRequest } from '../../idempotency/keyed-request';
import type { ChatTurn } from '../../llm/chat-model';
import type { Conversation } from '../conversation.entity';
import type { MessageInTree } from '../message.entity';
import type { ChooseModel } from '../model-choice';
import { firstWords } from '../titles/first-words';
import { limitOf, refuseBeyondQuota, type QuotaState } from '../../usage/quota';
import { LEASE_SECONDS } from './lease';
import { mostTokens, roomForHistory, toContext, type TurnContext } from './turn-context';
import {
  historyIn,
  MAX_SIBLINGS,
  refuseTooMany,
  refuseTurn,
  refuseWhileRunning,
  type RegenerationState,
  type RunningState,
  type TurnState,
  type WithHistory,
} from './turn-state';
import {
  INSERT_CONVERSATION,
  INSERT_EXCHANGE,
  INSERT_REPLY,
  LOOK_AT_CONVERSATION,
  READ_GIVEN,
  READ_OPENED,
  READ_REGENERATION,
  READ_TURN,
} from './turn.sql';

/** What a turn is about, whichever it is. */
type Wanted = Pick<Turn, 'userId' | 'conversationId' | 'replyId' | 'opens' | 'keyed'>;

export interface Turn {
  readonly userId: string;
  readonly conversationId: string;
  /** The conversation is not there yet: one of this kind is made with the turn, or not at all. */
  readonly opens?: Conversation['kind'];
  readonly questionId: string;
  readonly replyId: string;
  readonly content: string;
  /** Absent: after the active leaf. Null: a new first message. */
  readonly parentId?: string | null;
  readonly chooseModel: ChooseModel;
  /** Null or absent: it may be opened as often as it is asked for. */
  readonly keyed?: KeyedRequest | null;
}

/** Another reply to a question that has one already. */
export interface Regeneration extends Pick<
  Turn,
  'userId' | 'conversationId' | 'replyId' | 'chooseModel' | 'keyed'
> {
  readonly formerReplyId: string;
}

export interface OpenedTurn {
  readonly question: MessageInTree;
  readonly reply: MessageInTree;
  readonly context: TurnContext;
  /** What is given besides the system prompt and the question, oldest first. */
  readonly history: readonly ChatTurn[];
}

interface SeenConversation extends RunningState {
  readonly activeLeafId: string | null;
  readonly messageCount: number;
  readonly model: string | null;
  readonly accountModel: string | null;
  readonly systemPrompt: string | null;
  /** The account's own. */
  readonly quota: number | null;
  /** Whether a quota applies at all; the account is locked, then. */
  readonly isLimited: boolean;
}

/** Of the database, or of a transaction. */
type Statements = Pick<EntityManager, 'query'>;

/** Null: the conversation has changed since it was looked at. */
type WriteTurn = (statements: Statements, conversation: SeenConversation) => Promise<OpenedTurn | null>;

/** Questions with their pending replies: how they come to be, and what they are given. */
@Injectable()
export class TurnRepository {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly config: Config,
  ) {}

  /**
   * Commits a question and its pending reply.
   *
   * @throws DomainError `not_found` – no such conversation or parent of that user.
   * @throws DomainError `reply_in_progress` – with `replyId`.
   * @throws DomainError `conflict` – the parent is no ended reply, or has 100 children.
   * @throws DomainError `context_length_exceeded`, `quota_exceeded`
   */
  open(owner: string, turn: Turn): Promise<OpenedTurn> {
    const { userId, conversationId, questionId, replyId, content } = turn;
    return this.commit(turn, async (statements, conversation) => {
      const { activeLeafId, messageCount } = conversation;
      const parentId = turn.parentId === undefined ? activeLeafId : turn.parentId;
      const model = turn.chooseModel(conversation.model, conversation.accountModel);
      const fixed = { ...systemOf(conversation), questionTokens: countTokens(content) };
      const rows = await statements.query<WithHistory<TurnState>[]>(READ_TURN, [
        ...[conversationId, parentId, MAX_SIBLINGS, roomForHistory(model, fixed)],
        ...this.quotaParameters(turn, conversation),
      ]);
      refuseTurn(rows[0]!, parentId);
      const { context, history } = toContext(model, fixed, historyIn(rows));
      const reserved = this.reserve(conversation, rows[0]!, mostTokens(context, model));
      const written = await statements.query<MessageInTree[]>(INSERT_EXCHANGE, [
        userId, conversationId, questionId, replyId, parentId, content, fixed.questionTokens, model.id, owner, LEASE_SECONDS,
        JSON.stringify(context), context.promptTokens, reserved, firstWords(content), messageCount, activeLeafId,
      ]); // prettier-ignore
      return toOpened(written, context, history);
    });
  }

  /**
   * Commits another pending reply to a question, beside the former one.
   *
   * @throws DomainError `not_found` – no such conversation or reply of that user.
   * @throws DomainError `reply_in_progress` – with `replyId`; `conflict` – the question has 100 replies.
   * @throws DomainError `context_length_exceeded`, `quota_exceeded`
   */
  regenerate(owner: string, regeneration: Regeneration): Promise<OpenedTurn> {
    const { userId, conversationId, replyId, formerReplyId, chooseModel } = regeneration;
    return this.commit(regeneration, async (statements, conversation) => {
      const { activeLeafId, messageCount } = conversation;
      const model = chooseModel(conversation.model, conversation.accountModel);
      const system = systemOf(conversation);
      const room = roomForHistory(model, { ...system, questionTokens: 0 });
      const rows = await statements.query<WithHistory<RegenerationState>[]>(READ_REGENERATION, [
        ...[conversationId, formerReplyId, MAX_SIBLINGS, room],
        ...this.quotaParameters(regeneration, conversation),
      ]);
      const [state] = rows;
      if (!state) throw notFound('reply');
      refuseTooMany(state);
      const fixed = { ...system, questionTokens: state.questionTokens };
      roomForHistory(model, fixed); // the question alone may be too long for another model
      const { context, history } = toContext(model, fixed, historyIn(rows));
      const reserved = this.reserve(conversation, state, mostTokens(context, model));
      const written = await statements.query<MessageInTree[]>(INSERT_REPLY, [
        userId, conversationId, state.questionId, replyId, model.id, owner, LEASE_SECONDS, JSON.stringify(context),
        context.promptTokens, reserved, messageCount, activeLeafId,
      ]); // prettier-ignore
      return toOpened(written, context, history);
    });
  }

  /** The turn of a reply, to be written once more with what it was given before. Null: it is gone. */
  async findOpened(replyId: string): Promise<OpenedTurn | null> {
    type Row = MessageInTree & { readonly context: TurnContext | null };
    const [question, reply] = await this.database.query<Row[]>(READ_OPENED, [replyId]);
    if (!question || !reply?.context) return null;
    const { context } = reply;
    const history = await this.database.query<ChatTurn[]>(READ_GIVEN, [question.parentId, context.from]);
    return { question, reply, context, history };
  }

  /**
   * Three statements, without a lock: look, read, and write all of it in one, which stores nothing where the conversation has changed since
   * it was looked at (ADR 0023). A transaction is for what has to be there together with that: a new conversation, a key, or the
   * lock of an account that a quota applies to.
   */
  private async commit(turn: Wanted, write: WriteTurn): Promise<OpenedTurn> {
    if (!turn.opens && !turn.keyed && this.config.usage.quotaTokens === null) {
      const opened = await this.untilWritten(this.database, turn, write);
      if (opened) return opened;
    }
    return this.database.transaction(async (transaction) => {
      const { conversationId, userId, opens } = turn;
      if (opens) await transaction.query(INSERT_CONVERSATION, [conversationId, userId, opens]);
      const opened = await this.untilWritten(transaction, turn, write);
      await takeKey(transaction, turn);
      return opened!;
    });
  }

  /** Each time round another turn has been stored in between. Null: a quota applies, and this is no transaction. */
  private async untilWritten(
    statements: Statements,
    turn: Wanted,
    write: WriteTurn,
  ): Promise<OpenedTurn | null> {
    for (;;) {
      const conversation = await this.look(statements, turn);
      if (conversation.isLimited && statements === this.database) return null;
      const opened = await write(statements, conversation);
      if (opened) return opened;
    }
  }

  private async look(
    statements: Statements,
    { userId, conversationId, opens = 'chat' }: Wanted,
  ): Promise<SeenConversation> {
    const hasQuota = this.config.usage.quotaTokens !== null;
    const parameters = [conversationId, userId, hasQuota, opens];
    const [conversation] = await statements.query<SeenConversation[]>(LOOK_AT_CONVERSATION, parameters);
    if (!conversation) throw notFound('conversation');
    refuseWhileRunning(conversation);
    return conversation;
  }

  private quotaParameters({ userId }: Wanted, { isLimited }: SeenConversation) {
    return [userId, isLimited, this.config.usage.quotaPeriod] as const;
  }

  /** How much to set aside. Null: no quota applies. @throws DomainError `quota_exceeded` */
  private reserve(
    { isLimited, quota }: SeenConversation,
    state: Partial<QuotaState>,
    tokens: number,
  ): number | null {
    const limit = isLimited ? limitOf(quota, this.config.usage) : null;
    if (limit === null) return null;
    refuseBeyondQuota(limit, tokens, state as QuotaState);
    return tokens;
  }
}

const systemOf = ({ systemPrompt }: SeenConversation) => ({
  systemPrompt,
  systemTokens: countTokens(systemPrompt ?? ''),
});

const toOpened = (
  [question, reply]: readonly MessageInTree[],
  context: TurnContext,
  history: OpenedTurn['history'],
): OpenedTurn | null => (question && reply ? { question, reply, context, history } : null);

/** With the turn, or not at all. @throws DomainError `conflict` – another request has it, perhaps this very one. */
async function takeKey(
  transaction: EntityManager,
  { userId, replyId, keyed }: Pick<Turn, 'userId' | 'replyId' | 'keyed'>,
): Promise<void> {
  if (!keyed) return;
  const taken = await transaction.query<unknown[]>(TAKE_KEY, [userId, keyed.key, keyed.hash, replyId]);
  if (taken.length === 0) throw keyTaken();
}
