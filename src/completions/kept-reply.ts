import type { DomainError } from '../common/errors/domain-error';
import type { Exchange } from '../conversations/kept-exchanges.service';
import type { MessageFinish } from '../conversations/message.entity';
import type { CallEnd } from './completion-calls';

/** Where a model ends as messages do; it may also end by calling a tool, which is no text, and stops the reply. */
const SAME: readonly MessageFinish[] = ['stop', 'length', 'content_filter'];

/** The reply of a call as it is kept. */
export function toKeptReply(
  id: string,
  opening: string,
  { said, spent }: CallEnd,
  failure: DomainError | null,
): Exchange['reply'] {
  return {
    id,
    content: opening + said.text,
    model: said.model,
    status: failure ? 'failed' : 'completed',
    finishReason: failure
      ? failedBy(failure)
      : (SAME.find((reason) => reason === said.finishReason) ?? 'stop'),
    promptTokens: spent?.promptTokens ?? null,
    completionTokens: spent?.completionTokens ?? null,
    usageEstimated: spent !== null && said.usage === null,
    errorCode: failure?.code ?? null,
    errorDetail: failure?.message ?? null,
  };
}

const failedBy = ({ code }: DomainError): MessageFinish => (code === 'interrupted' ? 'interrupted' : 'error');
