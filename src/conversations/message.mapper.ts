import type { ExchangeResponse, MessageResponse, UsageResponse } from './message.dto';
import type { MessageInTree } from './message.entity';

export function toMessageResponse(message: MessageInTree): MessageResponse {
  const { id, conversationId, parentId, role, status, content, model, finishReason, errorCode, errorDetail } =
    message;
  return {
    ...{ id, conversationId, parentId, role, status, content, model, finishReason },
    usage: toUsage(message),
    error: errorCode ? { code: errorCode, detail: errorDetail ?? '' } : null,
    siblingIds: [...message.siblingIds],
    createdAt: message.createdAt.toISOString(),
    completedAt: message.completedAt?.toISOString() ?? null,
  };
}

/** Null while the reply is being written, and where it has cost nothing. */
export function toUsage(
  message: Pick<MessageInTree, 'promptTokens' | 'completionTokens' | 'usageEstimated'>,
): UsageResponse | null {
  const { promptTokens, completionTokens, usageEstimated: estimated } = message;
  if (promptTokens === null || completionTokens === null) return null;
  return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens, estimated };
}

export function toExchangeResponse(exchange: {
  message: MessageInTree;
  reply: MessageInTree;
}): ExchangeResponse {
  return { message: toMessageResponse(exchange.message), reply: toMessageResponse(exchange.reply) };
}
