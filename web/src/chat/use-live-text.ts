import { useEffect, useState } from 'preact/hooks';
import type { Chat } from '../state/chat';

/** The text of the reply that is being written, at the pace of the screen and not of the network. Null: this is not it. */
export function useLiveText({ asking: { live } }: Chat, isLive: boolean): string | null {
  const [text, setText] = useState(live.peek()?.text ?? '');
  useEffect(() => {
    if (!isLive) return;
    let frame = 0;
    const show = () => {
      frame = 0;
      setText(live.peek()?.text ?? '');
    };
    const stop = live.subscribe((reply) => {
      if (reply) frame ||= requestAnimationFrame(show);
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [live, isLive]);
  return isLive ? text : null;
}
