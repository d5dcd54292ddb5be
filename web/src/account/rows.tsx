import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { usePage } from '../parts/page-context';
import { Skeleton } from '../parts/skeleton';
import { MoreWhenSeen } from '../sidebar/more-when-seen';
import { PagedList } from '../state/paged-list';

type Load<Row extends { readonly id: string }> = ConstructorParameters<typeof PagedList<Row>>[0];

/** A list of the settings, loaded when it is shown. */
export function usePagedList<Row extends { readonly id: string }>(load: Load<Row>): PagedList<Row> {
  const { notices } = usePage();
  const list = useMemo(() => new PagedList<Row>(load), []);
  useEffect(() => void list.refresh().catch((error: unknown) => notices.fail(error)), [list]);
  return list;
}

interface RowsProps<Row extends { readonly id: string }> {
  readonly list: PagedList<Row>;
  readonly empty: string;
  readonly children: (row: Row) => ComponentChildren;
}

export function Rows<Row extends { readonly id: string }>({ list, empty, children }: RowsProps<Row>) {
  const rows = list.rows.value;
  if (list.state.value === 'first') return <Skeleton lines={4} />;
  if (rows.length === 0) return <p class="hint">{empty}</p>;
  return (
    <>
      <ul class="rows">
        {rows.map((row) => (
          <li key={row.id}>{children(row)}</li>
        ))}
      </ul>
      {list.hasMore.value && <MoreWhenSeen list={list} />}
    </>
  );
}

/** As people of this browser's language write it. */
export const day = (time: string): string =>
  new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
