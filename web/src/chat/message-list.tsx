import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Message } from '../api/types';
import { IconButton } from '../parts/icon';
import { Skeleton } from '../parts/skeleton';
import type { Chat } from '../state/chat';
import { Answer } from './answer';
import { AskedQuestion } from './asked';
import { Question } from './question';
import { useScroller } from './scroller';

/** A branch from its oldest loaded message to its end, which it follows while it is written. */
export function MessageList({ chat }: { readonly chat: Chat }) {
  const { messages, asking } = chat;
  const loadOlder = () => {
    if (messages.hasMore.peek() && messages.state.peek() === 'ready') void chat.loadOlder();
  };
  const { view, content, atEnd, toEnd } = useScroller(loadOlder);
  const asked = asking.asked.value?.key;
  useEffect(toEnd, []);
  useEffect(() => {
    if (asked) toEnd(); // whoever asks wants to see the answer
  }, [asked]);
  return (
    <div class="messages">
      {/* Focus lets the keyboard scroll it. */}
      <div class="scroll" ref={view} tabIndex={0} role="region" aria-label="Messages">
        <div class="column" ref={content}>
          {messages.hasMore.value && <Skeleton lines={3} />}
          <Rows chat={chat} />
          <AskedQuestion chat={chat} />
        </div>
      </div>
      {!atEnd && (
        <IconButton class="to-end" icon="arrow-down" label="To the newest message" onClick={toEnd} />
      )}
    </div>
  );
}

/** A row is made once for each message as it is, so that thousands of them cost nothing while one is written. */
function Rows({ chat }: { readonly chat: Chat }) {
  const made = useRef(new WeakMap<Message, VNode>());
  const liveId = chat.asking.live.value?.id;
  const row = (message: Message): VNode => {
    const known = made.current.get(message);
    if (known) return known;
    const Part = message.role === 'user' ? Question : Answer;
    const vnode = <Part key={message.id} {...{ chat, message }} />;
    made.current.set(message, vnode);
    return vnode;
  };
  return (
    <>
      {chat.branch.value.map((message) =>
        message.id === liveId ? <Answer key={message.id} {...{ chat, message }} live /> : row(message),
      )}
    </>
  );
}
