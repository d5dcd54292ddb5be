import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { DomainError, notFound } from '../../common/errors/domain-error';
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
import { mostTokens, roomForHistory, toContext, type GivenMessage, type TurnContext } from './turn-context';
import {
  INSERT_CONVERSATION,
  INSERT_EXCHANGE,
  INSERT_REPLY,
  LOCK_CONVERSATION,
  READ_GIVEN,
  READ_OPENED,
  READ_REGENERATION,
  READ_TURN,
} from './turn.sql';

const MAX_SIBLINGS = 100;

type Place = Pick<Turn, 'userId' | 'conversationId'>;

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

interface LockedConversation {
  readonly activeLeafId: string | null;
  readonly model: string | null;
  readonly accountModel: string | null;
  readonly systemPrompt: string | null;
  /** The account's own. */
  readonly quota: number | null;
  /** Whether a quota applies at all; the account is locked, then. */
  readonly isLimited: boolean;
}

interface TurnState extends Partial<QuotaState> {
  readonly runningReplyId: string | null;
  readonly parentIsEndedReply: boolean | null;
  readonly siblings: number;
}

interface RegenerationState extends Omit<TurnState, 'parentIsEndedReply'> {
  readonly questionId: string;
  readonly questionTokens: number;
}

/** A row of the state with one message of the history; without any, its members are null. */
type WithHistory<State> = State & (GivenMessage | Readonly<Record<keyof GivenMessage, null>>);

/** Questions with their pending replies: how they come to be, and what they are given. */
@Injectable()
export class TurnRepository {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly config: Config,
  ) {}

  /**
   * Commits a question and its pending reply. Three statements under the locks of the conversation and, where a quota applies, the
   * account: a lock and the reads that it protects never share one, whose snapshot would be older than the lock. A new conversation is
   * one more.
   *
   * @throws DomainError `not_found` – no such conversation or parent of that user.
   * @throws DomainError `reply_in_progress` – with `replyId`.
   * @throws DomainError `conflict` – the parent is no ended reply, or has 100 children.
   * @throws DomainError `context_length_exceeded`, `quota_exceeded`
   */
  open(owner: string, turn: Turn): Promise<OpenedTurn> {
    const { userId, conversationId, questionId, replyId, content } = turn;
    return this.database.transaction(async (transaction) => {
      if (turn.opens) await transaction.query(INSERT_CONVERSATION, [conversationId, userId, turn.opens]);
      const conversation = await this.lock(transaction, turn);
      const parentId = turn.parentId === undefined ? conversation.activeLeafId : turn.parentId;
      const model = turn.chooseModel(conversation.model, conversation.accountModel);
      const fixed = { ...systemOf(conversation), questionTokens: countTokens(content) };
      const rows = await transaction.query<WithHistory<TurnState>[]>(READ_TURN, [
        ...[conversationId, parentId, MAX_SIBLINGS, roomForHistory(model, fixed)],
        ...this.quotaParameters(turn, conversation),
      ]);
      refuseTurn(rows[0]!, parentId);
      const { context, history } = toContext(model, fixed, historyIn(rows));
      const reserved = this.reserve(conversation, rows[0]!, mostTokens(context, model));
      await takeKey(transaction, turn);
      const [question, reply] = await transaction.query<MessageInTree[]>(INSERT_EXCHANGE, [
        userId, conversationId, questionId, replyId, parentId, content, fixed.questionTokens, model.id, owner, LEASE_SECONDS,
        JSON.stringify(context), context.promptTokens, reserved, firstWords(content),
      ]); // prettier-ignore
      return { question: question!, reply: reply!, context, history };
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
    return this.database.transaction(async (transaction) => {
      const conversation = await this.lock(transaction, regeneration);
      const model = chooseModel(conversation.model, conversation.accountModel);
      const system = systemOf(conversation);
      const rows = await transaction.query<WithHistory<RegenerationState>[]>(READ_REGENERATION, [
        ...[
          conversationId,
          formerReplyId,
          MAX_SIBLINGS,
          roomForHistory(model, { ...system, questionTokens: 0 }),
        ],
        ...this.quotaParameters(regeneration, conversation),
      ]);
      const [state] = rows;
      if (!state) throw notFound('reply');
      refuseWhileRunning(state);
      refuseTooMany(state);
      const fixed = { ...system, questionTokens: state.questionTokens };
      roomForHistory(model, fixed); // the question alone may be too long for another model
      const { context, history } = toContext(model, fixed, historyIn(rows));
      const reserved = this.reserve(conversation, state, mostTokens(context, model));
      await takeKey(transaction, regeneration);
      const [question, reply] = await transaction.query<MessageInTree[]>(INSERT_REPLY, [
        userId, conversationId, state.questionId, replyId, model.id, owner, LEASE_SECONDS, JSON.stringify(context),
        context.promptTokens, reserved,
      ]); // prettier-ignore
      return { question: question!, reply: reply!, context, history };
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

  private async lock(
    transaction: EntityManager,
    { userId, conversationId, opens = 'chat' }: Pick<Turn, 'userId' | 'conversationId' | 'opens'>,
  ): Promise<LockedConversation> {
    const [conversation] = await transaction.query<LockedConversation[]>(LOCK_CONVERSATION, [
      conversationId,
      userId,
      this.config.usage.quotaTokens !== null,
      opens,
    ]);
    if (!conversation) throw notFound('conversation');
    return conversation;
  }

  private quotaParameters({ userId }: Place, { isLimited }: LockedConversation) {
    return [userId, isLimited, this.config.usage.quotaPeriod] as const;
  }

  /** How much to set aside. Null: no quota applies. @throws DomainError `quota_exceeded` */
  private reserve(
    { isLimited, quota }: LockedConversation,
    state: Partial<QuotaState>,
    tokens: number,
  ): number | null {
    const limit = isLimited ? limitOf(quota, this.config.usage) : null;
    if (limit === null) return null;
    refuseBeyondQuota(limit, tokens, state as QuotaState);
    return tokens;
  }
}

const systemOf = ({ systemPrompt }: LockedConversation) => ({
  systemPrompt,
  systemTokens: countTokens(systemPrompt ?? ''),
});

const historyIn = (rows: readonly WithHistory<object>[]): GivenMessage[] =>
  rows.flatMap(({ id, role, content, tokens }) => (id === null ? [] : [{ id, role, content, tokens }]));

/** With the turn, or not at all. @throws DomainError `conflict` – another request has it, perhaps this very one. */
async function takeKey(
  transaction: EntityManager,
  { userId, replyId, keyed }: Pick<Turn, 'userId' | 'replyId' | 'keyed'>,
): Promise<void> {
  if (!keyed) return;
  const taken = await transaction.query<unknown[]>(TAKE_KEY, [userId, keyed.key, keyed.hash, replyId]);
  if (taken.length === 0) throw keyTaken();
}

function refuseTurn({ parentIsEndedReply, ...state }: TurnState, parentId: string | null): void {
  refuseWhileRunning(state);
  if (parentId && parentIsEndedReply === null) throw notFound('message');
  if (parentId && !parentIsEndedReply)
    throw new DomainError('conflict', 'A question can only follow a reply that has ended.');
  refuseTooMany(state);
}

function refuseWhileRunning({ runningReplyId }: Pick<TurnState, 'runningReplyId'>): void {
  if (!runningReplyId) return;
  const members = { replyId: runningReplyId };
  throw new DomainError('reply_in_progress', 'A reply is still being written in this conversation.', {
    members,
  });
}

function refuseTooMany({ siblings }: Pick<TurnState, 'siblings'>): void {
  if (siblings >= MAX_SIBLINGS)
    throw new DomainError('conflict', `A message has at most ${MAX_SIBLINGS} siblings.`);
}
