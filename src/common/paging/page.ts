import { encodeCursor, type Position } from './cursor';

/** One page of a list with a total order. */
export interface Page<Row> {
  readonly data: Row[];
  readonly hasMore: boolean;
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

export interface PageRequest<After extends Position = Position> {
  /** 1–100. */
  readonly limit: number;
  /** The last row of the page before. Null: from the start. */
  readonly after: After | null;
}

/** Of up to `limit + 1` rows: the extra one only tells that a next page exists. */
export function toPage<Row>(rows: Row[], limit: number, positionOf: (row: Row) => Position): Page<Row> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const hasMore = rows.length > limit;
  return { data, hasMore, nextCursor: hasMore && last ? encodeCursor(positionOf(last)) : null };
}

export function mapPage<Row, Other>({ data, ...rest }: Page<Row>, map: (row: Row) => Other): Page<Other> {
  return { data: data.map(map), ...rest };
}
