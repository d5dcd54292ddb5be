import { DomainError, notFound } from '../../common/errors/domain-error';
import type { QuotaState } from '../../usage/quota';
import type { GivenMessage } from './turn-context';

export const MAX_SIBLINGS = 100;

export interface RunningState {
  /** One reply at a time is written in a conversation. */
  readonly runningReplyId: string | null;
}

/** What a question meets where it is asked. */
export interface TurnState extends Partial<QuotaState> {
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

/** @throws DomainError `reply_in_progress` – with `replyId`. */
export function refuseWhileRunning({ runningReplyId }: RunningState): void {
  if (!runningReplyId) return;
  const members = { replyId: runningReplyId };
  throw new DomainError('reply_in_progress', 'A reply is still being written in this conversation.', {
    members,
  });
}

/** @throws DomainError `not_found`, `conflict` */
export function refuseTurn(state: TurnState, parentId: string | null): void {
  if (parentId && state.parentIsEndedReply === null) throw notFound('message');
  if (parentId && !state.parentIsEndedReply)
    throw new DomainError('conflict', 'A question can only follow a reply that has ended.');
  refuseTooMany(state);
}

/** @throws DomainError `conflict` */
export function refuseTooMany({ siblings }: Pick<TurnState, 'siblings'>): void {
  if (siblings >= MAX_SIBLINGS)
    throw new DomainError('conflict', `A message has at most ${MAX_SIBLINGS} siblings.`);
}
