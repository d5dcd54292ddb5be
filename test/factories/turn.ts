import { newId } from '../../src/common/ids';
import { aModel } from './model';
import type { Turn } from '../../src/conversations/replies/turn.repository';

/** A question for a conversation, with ids of its own. */
export function aTurn(
  { userId, conversationId }: Pick<Turn, 'userId' | 'conversationId'>,
  parts: Partial<Turn> = {},
): Turn {
  return {
    userId,
    conversationId,
    questionId: newId(),
    replyId: newId(),
    content: 'Where is it cold?',
    chooseModel: (model) => aModel(model ?? undefined),
    ...parts,
  };
}
