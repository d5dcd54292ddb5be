import { Icon } from '../parts/icon';
import { usePage } from '../parts/page-context';
import type { Chat } from '../state/chat';
import { TextField } from './text-field';

/** Where questions are written. */
export function Composer({ chat }: { readonly chat: Chat }) {
  const { draft, asking } = chat;
  const { notices } = usePage();
  const ask = () => {
    if (asking.busy) return;
    if (asking.asked.value)
      return void notices.tell('The question above has not been sent. Send or edit it first.');
    const content = draft.value.trim();
    draft.value = '';
    asking.ask({ content });
  };
  return (
    <form class="composer" aria-label="Ask" onSubmit={(event) => event.preventDefault()}>
      <TextField
        label="Your question"
        placeholder="Ask anything"
        value={draft.value}
        onInput={(value) => (draft.value = value)}
        onEnter={ask}
        focus={matchMedia('(hover: hover)').matches}
      >
        {(sendable) =>
          asking.busy ? (
            <button
              type="button"
              class="send"
              aria-label="Stop"
              title="Stop"
              onClick={() => void asking.stop()}
            >
              <Icon name="square" />
            </button>
          ) : (
            <button
              type="button"
              class="send"
              aria-label="Send"
              title="Send"
              disabled={!sendable}
              onClick={ask}
            >
              <Icon name="arrow-up" />
            </button>
          )
        }
      </TextField>
    </form>
  );
}
