import { newId } from '../../src/common/ids';
import type { Row } from '../../src/database/transfer/tables';

const AT = '2026-01-31T00:00:00.000Z';

/** A guest, as an export has one. */
export const aUserRow = (parts: Row = {}): Row => ({
  ...{ id: newId(), kind: 'guest', role: 'user', username: null, displayName: null, passwordHash: null },
  ...{ defaultModel: null, disabledAt: null, quotaTokens: null, lastSeenAt: AT, createdAt: AT },
  ...parts,
});

export const aConversationRow = (parts: Row = {}): Row => ({
  ...{ id: newId(), userId: newId(), kind: 'chat', title: null, model: null, systemPrompt: null },
  ...{ pinned: false, archived: false, metadata: {}, activeLeafId: null, lastMessageAt: null },
  ...{ lastActivityAt: AT, createdAt: AT, updatedAt: AT },
  ...parts,
});

/** A first question. */
export const aMessageRow = (parts: Row = {}): Row => ({
  ...{ id: newId(), conversationId: newId(), parentId: null, role: 'user', status: 'completed' },
  ...{ content: 'canary', tokens: 1, model: null, finishReason: null, promptTokens: null },
  ...{ completionTokens: null, usageEstimated: false, context: null, errorCode: null, errorDetail: null },
  ...{ createdAt: AT, completedAt: AT },
  ...parts,
});
