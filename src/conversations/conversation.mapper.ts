import type { ConversationResponse } from './conversation.dto';
import type { Conversation } from './conversation.entity';
import type { FoundConversation } from './conversation-search.repository';

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

export function toFoundConversationResponse(found: FoundConversation): ConversationResponse {
  const { conversation, snippet, matches } = found;
  return {
    ...toConversationResponse(conversation),
    snippet,
    snippetMatches: matches.map(([start, length]) => [start, length]),
  };
}
