import { IconButton } from '../parts/icon';
import type { Message } from '../api/types';
import type { Chat } from '../state/chat';

interface SiblingsProps {
  readonly chat: Chat;
  readonly message: Message;
}

/** ‹ 2/3 ›: the other versions of a question, or the other replies to it. */
export function Siblings({ chat, message: { id, siblingIds, role } }: SiblingsProps) {
  if (siblingIds.length < 2) return null;
  const at = siblingIds.indexOf(id);
  const what = role === 'user' ? 'version' : 'answer';
  const show = (to: number) => void chat.showBranchOf(siblingIds[to]!);
  return (
    <span class="siblings" role="group" aria-label={`${at + 1} of ${siblingIds.length} ${what}s`}>
      <IconButton
        icon="chevron-left"
        label={`Earlier ${what}`}
        disabled={at === 0 || chat.asking.busy}
        onClick={() => show(at - 1)}
      />
      <span aria-hidden="true">
        {at + 1}/{siblingIds.length}
      </span>
      <IconButton
        icon="chevron-right"
        label={`Later ${what}`}
        disabled={at === siblingIds.length - 1 || chat.asking.busy}
        onClick={() => show(at + 1)}
      />
    </span>
  );
}
