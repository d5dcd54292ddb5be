import { useEffect, useRef } from 'preact/hooks';
import { Skeleton } from '../parts/skeleton';
import type { PagedList } from '../state/paged-list';

/** The next page is asked for this much before its place is seen. */
const AHEAD = '400px';

/** Loads the next page of a list when the end of the list comes near. */
export function MoreWhenSeen<Row extends { readonly id: string }>({
  list,
}: {
  readonly list: PagedList<Row>;
}) {
  const end = useRef<HTMLDivElement>(null);
  const [rows, state] = [list.rows.value.length, list.state.value];
  useEffect(() => {
    if (state !== 'ready') return; // what is loaded now may put the end out of sight
    const seen = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) void list.loadMore().catch(() => undefined); // says so here
      },
      { scrollMargin: AHEAD }, // of the list that scrolls: `rootMargin` is the window's, which the list cuts off
    );
    seen.observe(end.current!);
    return () => seen.disconnect();
  }, [list, rows, state]);
  return (
    <div ref={end}>
      {state === 'failed' ? (
        <p class="hint">
          More could not be loaded.{' '}
          <button
            type="button"
            class="text-button"
            onClick={() => void list.loadMore().catch(() => undefined)}
          >
            Try again
          </button>
        </p>
      ) : (
        <Skeleton lines={2} />
      )}
    </div>
  );
}
