import type { Message } from '../conversations/message.entity';

/** A question that stands alone, with what has become of it. */
export type Question = Pick<
  Message,
  'status' | 'model' | 'promptTokens' | 'completionTokens' | 'usageEstimated' | 'createdAt'
> & {
  /** Of the reply. */
  readonly id: string;
  readonly question: string;
  /** Empty while the reply is being written. */
  readonly answer: string;
};
