import type { ConversationResponse } from './conversation.dto';
import type { Conversation } from './conversation.entity';

export function toConversationResponse(conversation: Conversation): ConversationResponse {
  const { id, title, model, systemPrompt, pinned, archived, metadata, activeLeafId, messageCount } =
    conversation;
  return {
    ...{ id, title, model, systemPrompt, pinned, archived, metadata, activeLeafId, messageCount },
    lastMessageAt: conversation.lastMessageAt?.toISOString() ?? null,
    createdAt: conversation.createdAt.toISOString(),
    updatedAt: conversation.updatedAt.toISOString(),
  };
}
