import { usePage, useWorkspace } from '../parts/page-context';
import type { Chat } from '../state/chat';

/** Which model answers from the next question on. */
export function ModelPicker({ chat }: { readonly chat: Chat }) {
  const models = useWorkspace().models.value;
  const preferred = usePage().session.user.value?.defaultModel;
  if (!models) return null;
  const conversation = chat.conversation.value;
  const chosen = (conversation ? conversation.model : chat.plan.value.model) ?? preferred ?? models.default;
  const isOffered = models.data.some(({ id }) => id === chosen);
  return (
    <select
      class="model-picker"
      aria-label="Model"
      value={chosen}
      onChange={(event) => void chat.choose({ model: event.currentTarget.value })}
    >
      {!isOffered && <option value={chosen}>{chosen} (no longer offered)</option>}
      {models.data.map(({ id, available }) => (
        <option key={id} value={id}>
          {available ? id : `${id} (failing now)`}
        </option>
      ))}
    </select>
  );
}
