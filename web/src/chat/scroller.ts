import { useEffect, useRef, useState, type MutableRef } from 'preact/hooks';

/** So near the end somebody still reads what is new. */
const END_PX = 48;
/** Older messages are asked for before the reader gets there. */
const OLDER_PX = 1_200;

export interface Scroller {
  readonly view: MutableRef<HTMLDivElement | null>;
  readonly content: MutableRef<HTMLDivElement | null>;
  readonly atEnd: boolean;
  /** Goes to the end, and stays there while it grows. */
  readonly toEnd: () => void;
}

/** Stays at the end while the content grows, until the reader scrolls up. `onNearTop` runs whenever older content is wanted. */
export function useScroller(onNearTop: () => void): Scroller {
  const view = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const [atEnd, setAtEnd] = useState(true);
  const wanted = useRef(onNearTop);
  wanted.current = onNearTop;

  const toEnd = () => {
    stuck.current = true;
    view.current!.scrollTop = view.current!.scrollHeight;
    setAtEnd(true);
  };

  useEffect(() => follow(view.current!, content.current!, { stuck, wanted, setAtEnd }), []);

  return { view, content, atEnd, toEnd };
}

interface Following {
  readonly stuck: MutableRef<boolean>;
  readonly wanted: MutableRef<() => void>;
  readonly setAtEnd: (atEnd: boolean) => void;
}

function follow(box: HTMLElement, content: HTMLElement, { stuck, wanted, setAtEnd }: Following): () => void {
  let last = box.scrollTop;
  const look = () => {
    const near = box.scrollHeight - box.scrollTop - box.clientHeight < END_PX;
    // Content that grows moves the end away: only a reader who scrolls up leaves it.
    if (near) stuck.current = true;
    else if (box.scrollTop < last) stuck.current = false;
    last = box.scrollTop;
    setAtEnd(near || stuck.current);
    if (box.scrollTop > OLDER_PX) return;
    if (box.scrollTop === 0) box.scrollTop = 1; // at 0 browsers let what is put above move what is read
    wanted.current();
  };
  const grown = new ResizeObserver(() => {
    if (stuck.current) box.scrollTop = box.scrollHeight;
    look();
  });
  grown.observe(content);
  grown.observe(box);
  box.addEventListener('scroll', look, { passive: true });
  return () => {
    grown.disconnect();
    box.removeEventListener('scroll', look);
  };
}
