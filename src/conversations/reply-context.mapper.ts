import type { ReplyContextResponse } from './reply-context.dto';
import type { ReplyContext } from './reply-context.repository';

export const toReplyContextResponse = ({
  model,
  windowTokens,
  promptTokens,
  systemPrompt,
  messageIds,
  droppedIds,
  droppedCount,
}: ReplyContext): ReplyContextResponse => ({
  ...{ model, windowTokens, promptTokens, systemPrompt, droppedCount },
  messageIds: [...messageIds],
  droppedIds: [...droppedIds],
});
