import type { Chat } from '../state/chat';
import { inPlainWords } from '../state/plain-words';
import { Thinking } from './thinking';

/** What has been asked for and is not known to be with the server: on its way, or refused. */
export function AskedQuestion({ chat }: { readonly chat: Chat }) {
  const { asked, fault, lost } = chat.asking;
  if (!asked.value) return null;
  const { wish } = asked.value;
  return (
    <>
      {'content' in wish && (
        <article class="question" aria-label="Question, being sent">
          <p class="bubble">{wish.content}</p>
        </article>
      )}
      {fault.value === null ? (
        <article class="answer live" aria-label="Answer, being waited for">
          <Thinking />
          {lost.value && <Waiting chat={chat} />}
        </article>
      ) : (
        <div class="refused" role="alert">
          <p>{inPlainWords(fault.value)}</p>
          <button type="button" class="button small primary" onClick={() => chat.asking.retry()}>
            Try again
          </button>
          <button type="button" class="button small" onClick={() => chat.asking.takeBack()}>
            {'content' in wish ? 'Edit' : 'Leave it'}
          </button>
        </div>
      )}
    </>
  );
}

const Waiting = ({ chat }: { readonly chat: Chat }) => (
  <p class="aside">
    The server can’t be reached. Your question is kept, and sent as soon as it can be.{' '}
    <button type="button" class="text-button" onClick={() => chat.asking.takeBack()}>
      Don’t send it
    </button>
  </p>
);
