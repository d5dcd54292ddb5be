import type { Client } from './client';

interface PageBody<Row> {
  readonly data: readonly Row[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

/** Page after page to the end, from a path that has a query. `between` is called after each page but the last. */
export async function collectPages<Row>(
  client: Client,
  path: string,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Row[][]> {
  const pages: Row[][] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    if (pages.length > 0) await between();
    const next: string = cursor === '' ? path : `${path}&cursor=${cursor}`;
    const { body } = await client.get<PageBody<Row>>(next);
    if (body.hasMore !== (body.nextCursor !== null)) throw new Error(`A page contradicts itself: ${next}`);
    pages.push([...body.data]);
    cursor = body.nextCursor;
  }
  return pages;
}
