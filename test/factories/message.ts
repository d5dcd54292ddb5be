import { newId } from '../../src/common/ids';
import type { MessageInTree } from '../../src/conversations/message.entity';

/** A completed reply, unless the test says otherwise. */
export function aMessage(parts: Partial<MessageInTree> = {}): MessageInTree {
  const id = newId();
  return {
    id,
    conversationId: newId(),
    parentId: null,
    role: 'assistant',
    status: 'completed',
    content: 'Oslo is cold.',
    model: 'custom/any',
    finishReason: 'stop',
    promptTokens: null,
    completionTokens: null,
    usageEstimated: false,
    errorCode: null,
    errorDetail: null,
    siblingIds: [id],
    createdAt: new Date(),
    completedAt: new Date(),
    ...parts,
  };
}
