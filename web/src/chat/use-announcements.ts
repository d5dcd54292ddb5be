import { useEffect } from 'preact/hooks';
import { usePage } from '../parts/page-context';
import type { Chat } from '../state/chat';

/** A screen reader reads so much of an answer by itself; the rest is there to be read. */
const SAID_CHARS = 600;

/** Tells screen readers that an answer has begun, and what it says once it has ended: not each word as it comes. */
export function useAnnouncements(chat: Chat): void {
  const { notices } = usePage();
  const { live } = chat.asking;
  useEffect(() => {
    let id = live.peek()?.id;
    return live.subscribe((reply) => {
      if (reply && reply.id !== id) notices.announce('The answer is being written.');
      if (!reply && id !== undefined) requestAnimationFrame(() => notices.announce(lastAnswer()));
      id = reply?.id;
    });
  }, [live]);
}

/** As it is shown: without the signs of Markdown. */
function lastAnswer(): string {
  const answers = document.querySelectorAll('.answer');
  const answer = answers.item(answers.length - 1) as Element | null;
  const said = [...(answer?.querySelectorAll<HTMLElement>('.prose, .aside') ?? [])]
    .map(({ innerText }) => innerText) // has a line for each block
    .join(' ');
  return said.length > SAID_CHARS ? `${said.slice(0, SAID_CHARS)} … The answer goes on.` : `Answer: ${said}`;
}
