import { DomainError, notFound } from '../../common/errors/domain-error';
import type { QuotaState } from '../../usage/quota';
import type { GivenMessage } from './turn-context';

export const MAX_SIBLINGS = 100;

/** What a question meets where it is asked. */
export interface TurnState extends Partial<QuotaState> {
  readonly runningReplyId: string | null;
  readonly parentIsEndedReply: boolean | null;
  readonly siblings: number;
}

export interface RegenerationState extends Omit<TurnState, 'parentIsEndedReply'> {
  readonly questionId: string;
  readonly questionTokens: number;
}

/** A row of the state with one message of the history; without any, its members are null. */
export type WithHistory<State> = State & (GivenMessage | Readonly<Record<keyof GivenMessage, null>>);

export const historyIn = (rows: readonly WithHistory<object>[]): GivenMessage[] =>
  rows.flatMap(({ id, role, content, tokens }) => (id === null ? [] : [{ id, role, content, tokens }]));

/** @throws DomainError `not_found`, `reply_in_progress`, `conflict` */
export function refuseTurn(state: TurnState, parentId: string | null): void {
  refuseWhileRunning(state);
  if (parentId && state.parentIsEndedReply === null) throw notFound('message');
  if (parentId && !state.parentIsEndedReply)
    throw new DomainError('conflict', 'A question can only follow a reply that has ended.');
  refuseTooMany(state);
}

/** @throws DomainError `reply_in_progress`, `conflict` */
export function refuseRegeneration(state: RegenerationState): void {
  refuseWhileRunning(state);
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
