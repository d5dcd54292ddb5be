import { countTokens } from '../common/tokens';
import { INTERRUPTED } from '../conversations/replies/reply.generator';
import type { Row } from '../database/transfer/tables';

/**
 * A reply that is being written, with its text so far, as it would be found had the server stopped: where it is imported nobody goes
 * on with it. What it costs is counted where it runs. Any other message as it is.
 */
export function asInterrupted(message: Row): Row {
  if (message.status !== 'pending') return message;
  const { status, finishReason, error } = INTERRUPTED;
  return {
    ...message,
    ...{ status, finishReason, errorCode: error?.code, errorDetail: error?.detail },
    tokens: countTokens(message.content as string),
    completedAt: message.createdAt, // not now: two exports of the same rows are the same
  };
}
