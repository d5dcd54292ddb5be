import { useRef } from 'preact/hooks';
import type { Message } from '../api/types';
import { IconButton } from '../parts/icon';
import type { Chat } from '../state/chat';
import { codeInPlainWords } from '../state/plain-words';
import { CopyButton } from './copy-button';
import { Prose } from './prose';
import { Siblings } from './siblings';
import { Thinking } from './thinking';
import { useLiveText } from './use-live-text';

interface AnswerProps {
  readonly chat: Chat;
  readonly message: Message;
  /** It is being written, and read as it comes. */
  readonly live?: boolean;
}

/** One part for both, so that what is on the screen stays as it is when the last word has come. */
export function Answer({ chat, message, live = false }: AnswerProps) {
  const text = useLiveText(chat, live) ?? message.content;
  const seen = useRef(live);
  seen.current ||= live;
  return (
    <article
      class={live ? 'answer live' : seen.current ? 'answer seen' : 'answer'}
      aria-label={live ? 'Answer, being written' : 'Answer'}
      aria-busy={live}
    >
      {text ? <Prose text={text} growing={live} /> : live && <Thinking />}
      {live ? <Lost chat={chat} /> : <Foot chat={chat} message={message} />}
    </article>
  );
}

const Lost = ({ chat }: { readonly chat: Chat }) =>
  chat.asking.lost.value ? (
    <p class="aside">The connection is lost. It is being made again; nothing is missed.</p>
  ) : null;

function Foot({ chat, message }: Omit<AnswerProps, 'live'>) {
  const { id, content, status, model } = message;
  const { busy } = chat.asking;
  const again = () => chat.asking.ask({ replyId: id });
  return (
    <>
      <Ending message={message} />
      {status === 'failed' && (
        <button type="button" class="button small" disabled={busy} onClick={again}>
          Try again
        </button>
      )}
      <div class="actions">
        <Siblings {...{ chat, message }} />
        {content && <CopyButton text={content} what="answer" />}
        <IconButton icon="refresh-cw" label="Answer again" disabled={busy} onClick={again} />
        {model && <span class="by">{model}</span>}
      </div>
    </>
  );
}

/** How it ended, where that is not as it should. */
function Ending({ message: { status, finishReason, error, content } }: { readonly message: Message }) {
  if (status === 'failed')
    return (
      <p class="aside failed">{error ? codeInPlainWords(error.code, error.detail) : 'The answer failed.'}</p>
    );
  if (status === 'cancelled')
    return <p class="aside">{content ? 'Stopped here.' : 'Stopped before the first word.'}</p>;
  if (finishReason === 'length')
    return <p class="aside">The answer was cut: it had reached the longest that is allowed.</p>;
  if (finishReason === 'content_filter')
    return <p class="aside">The provider’s filter cut the answer here.</p>;
  return null;
}
