import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { DomainError, notFound } from '../../common/errors/domain-error';
import { keyTaken } from '../../idempotency/idempotency.service';
import { TAKE_KEY } from '../../idempotency/idempotency.sql';
import type { KeyedRequest } from '../../idempotency/keyed-request';
import type { ChatTurn } from '../../llm/chat-model';
import type { MessageInTree } from '../message.entity';
import type { ChooseModel } from '../model-choice';
import { LEASE_SECONDS } from './lease';
import { estimateTokens } from './tokens';
import {
  HISTORY,
  INSERT_CONVERSATION,
  INSERT_EXCHANGE,
  INSERT_REPLY,
  LOCK_CONVERSATION,
  READ_OPENED,
  READ_REGENERATION,
  READ_TURN,
} from './turn.sql';

const MAX_SIBLINGS = 100;

export interface Turn {
  readonly userId: string;
  readonly conversationId: string;
  /** The conversation is not there yet: it is made with the turn, or not at all. */
  readonly opensConversation?: boolean;
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
  readonly systemPrompt: string | null;
}

interface LockedConversation {
  readonly activeLeafId: string | null;
  readonly model: string | null;
  readonly accountModel: string | null;
  readonly systemPrompt: string | null;
}

interface TurnState {
  readonly runningReplyId: string | null;
  readonly parentIsEndedReply: boolean | null;
  readonly siblings: number;
}

interface RegenerationState extends Omit<TurnState, 'parentIsEndedReply'> {
  readonly questionId: string;
}

/** Questions with their pending replies: how they come to be, and what they are given. */
@Injectable()
export class TurnRepository {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Commits a question and its pending reply. Three statements under the conversation's lock: a lock and the reads that it
   * protects never share one, whose snapshot would be older than the lock. A new conversation is one more.
   *
   * @throws DomainError `not_found` – no such conversation or parent of that user.
   * @throws DomainError `reply_in_progress` – with `replyId`.
   * @throws DomainError `conflict` – the parent is no ended reply, or has 100 children.
   */
  open(owner: string, turn: Turn): Promise<OpenedTurn> {
    return this.database.transaction(async (transaction) => {
      if (turn.opensConversation)
        await transaction.query(INSERT_CONVERSATION, [turn.conversationId, turn.userId]);
      const conversation = await lock(transaction, turn);
      const parentId = turn.parentId === undefined ? conversation.activeLeafId : turn.parentId;
      const [state] = await transaction.query<TurnState[]>(READ_TURN, [
        turn.conversationId,
        parentId,
        MAX_SIBLINGS,
      ]);
      refuseTurn(state!, parentId);
      await takeKey(transaction, turn);
      const [question, reply] = await transaction.query<MessageInTree[]>(INSERT_EXCHANGE, [
        turn.userId, turn.conversationId, turn.questionId, turn.replyId, parentId, turn.content,
        estimateTokens(turn.content), turn.chooseModel(conversation.model, conversation.accountModel), owner, LEASE_SECONDS,
      ]); // prettier-ignore
      return { question: question!, reply: reply!, systemPrompt: conversation.systemPrompt };
    });
  }

  /**
   * Commits another pending reply to a question, beside the former one.
   *
   * @throws DomainError `not_found` – no such conversation or reply of that user.
   * @throws DomainError `reply_in_progress` – with `replyId`; `conflict` – the question has 100 replies.
   */
  regenerate(owner: string, regeneration: Regeneration): Promise<OpenedTurn> {
    const { userId, conversationId, replyId, formerReplyId, chooseModel } = regeneration;
    return this.database.transaction(async (transaction) => {
      const conversation = await lock(transaction, regeneration);
      const [state] = await transaction.query<RegenerationState[]>(READ_REGENERATION, [
        conversationId,
        formerReplyId,
        MAX_SIBLINGS,
      ]);
      if (!state) throw notFound('reply');
      refuseWhileRunning(state);
      refuseTooMany(state);
      await takeKey(transaction, regeneration);
      const model = chooseModel(conversation.model, conversation.accountModel);
      const [question, reply] = await transaction.query<MessageInTree[]>(INSERT_REPLY, [
        userId, conversationId, state.questionId, replyId, model, owner, LEASE_SECONDS,
      ]); // prettier-ignore
      return { question: question!, reply: reply!, systemPrompt: conversation.systemPrompt };
    });
  }

  /** The newest turns of a branch that fit, oldest first; a constant number of rows, whatever the branch's length. */
  async history(leafId: string, maxTokens: number): Promise<ChatTurn[]> {
    return this.database.query<ChatTurn[]>(HISTORY, [leafId, maxTokens]);
  }

  /** The turn of a reply, to be written once more. Null: it is gone. */
  async findOpened(replyId: string): Promise<OpenedTurn | null> {
    type Row = MessageInTree & Pick<OpenedTurn, 'systemPrompt'>;
    const [question, reply] = await this.database.query<Row[]>(READ_OPENED, [replyId]);
    return question && reply ? { question, reply, systemPrompt: reply.systemPrompt } : null;
  }
}

async function lock(
  transaction: EntityManager,
  { userId, conversationId }: Pick<Turn, 'userId' | 'conversationId'>,
): Promise<LockedConversation> {
  const [conversation] = await transaction.query<LockedConversation[]>(LOCK_CONVERSATION, [
    conversationId,
    userId,
  ]);
  if (!conversation) throw notFound('conversation');
  return conversation;
}

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
