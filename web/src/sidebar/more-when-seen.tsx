import { useEffect, useRef } from 'preact/hooks';
import { usePage } from '../parts/page-context';
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
  const { notices } = usePage();
  const end = useRef<HTMLDivElement>(null);
  const rows = list.rows.value.length;
  useEffect(() => {
    const load = () => list.loadMore().catch((error: unknown) => notices.fail(error));
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && void load(), {
      scrollMargin: AHEAD, // of the list that scrolls: `rootMargin` is the window's, which the list cuts off
    });
    seen.observe(end.current!);
    return () => seen.disconnect();
  }, [list, rows]); // a page may be too short to push the end out of sight
  return (
    <div ref={end}>
      <Skeleton lines={2} />
    </div>
  );
}
