import { useState } from 'preact/hooks';
import { Dialog } from '../parts/dialog';
import { IconButton } from '../parts/icon';
import type { Chat } from '../state/chat';

const MAX_CHARS = 8_000;

/** The system prompt of a conversation: what the model is told before everything else. */
export function Instructions({ chat }: { readonly chat: Chat }) {
  const [open, setOpen] = useState(false);
  const conversation = chat.conversation.value;
  const now = (conversation ? conversation.systemPrompt : chat.plan.value.systemPrompt) ?? '';
  return (
    <>
      <IconButton
        icon="sliders-horizontal"
        label={now ? 'Instructions (set)' : 'Instructions'}
        class={now ? 'on' : ''}
        onClick={() => setOpen(true)}
      />
      {open && (
        <Dialog title="Instructions for the model" onClose={() => setOpen(false)}>
          <InstructionsForm
            now={now}
            onSave={(text) => {
              setOpen(false);
              void chat.choose({ systemPrompt: text.trim() || null });
            }}
          />
        </Dialog>
      )}
    </>
  );
}

function InstructionsForm({
  now,
  onSave,
}: {
  readonly now: string;
  readonly onSave: (text: string) => void;
}) {
  const [text, setText] = useState(now);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSave(text);
      }}
    >
      <p>The model reads this before the conversation, with each question from now on.</p>
      <textarea
        class="field"
        rows={8}
        maxLength={MAX_CHARS}
        aria-label="Instructions"
        placeholder="Answer briefly. I know TypeScript well."
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <div class="dialog-foot">
        <button type="submit" class="button primary">
          Save
        </button>
      </div>
    </form>
  );
}
