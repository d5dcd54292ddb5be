import { newId } from '../../src/common/ids';
import type { MessageResponse } from '../../src/conversations/message.dto';
import { growBranch } from '../support/branches';
import { type Client } from '../support/client';
import { collectPages } from '../support/collect-pages';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';

interface Page {
  readonly data: readonly MessageResponse[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

describe('Pages of a branch', () => {
  let parley: RunningApp;
  let ana: Client;
  let id: string;

  beforeAll(async () => ({ parley, ana } = await startScriptedApp()));

  beforeEach(async () => {
    ({ id } = await ana.conversation());
  });

  afterAll(() => parley.close());

  const send = (content: string, parentId?: string | null) =>
    ana.send(id, content, parentId === undefined ? {} : { parentId });
  const place = () => ({ userId: ana.tokens!.user.id, conversationId: id });
  const page = async (query = '') => (await ana.get<Page>(`/conversations/${id}/messages${query}`)).body;
  const idsOf = (rows: readonly MessageResponse[]) => rows.map((row) => row.id);
  const branch = async (query = '') => idsOf((await page(query)).data);
  const refusal = async (cursor: string | null) => {
    if (cursor === null) throw new Error('There was one page only.');
    await growBranch(parley.database, place(), 3);
    return ana.get(`/conversations/${id}/messages?cursor=${cursor}`);
  };

  it('are empty at first', async () => {
    expect(await page()).toEqual({ data: [], hasMore: false, nextCursor: null });
  });

  it('have the newest message first, and only those of the branch', async () => {
    const first = await send('First');
    await send('Old');
    const edited = await send('Edited', first.reply.id);
    expect((await page()).data).toEqual([edited.reply, edited.message, first.reply, first.message]);
  });

  it('are other ones when another message of theirs is named', async () => {
    const first = await send('First');
    const old = await send('Old');
    await send('Edited', first.reply.id);
    const expected = [old.reply.id, old.message.id, first.reply.id, first.message.id];
    expect(await branch(`?leafId=${old.message.id}`)).toEqual(expected);
    expect(await branch(`?leafId=${old.reply.id}`)).toEqual(expected);
  });

  it('go by pages without a gap or a repeat, while they grow', async () => {
    const ids = (await growBranch(parley.database, place(), 8)).reverse();
    const path = `/conversations/${id}/messages?limit=3`;
    const pages = await collectPages<MessageResponse>(ana, path, () => send('More'));
    expect(pages.map(idsOf)).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
  });

  it('go by pages of fifty unless another number is asked for', async () => {
    const ids = (await growBranch(parley.database, place(), 52)).reverse();
    const { data, hasMore } = await page();
    expect(idsOf(data)).toEqual(ids.slice(0, 50));
    expect(hasMore).toBe(true);
    expect(await page('?limit=100')).toMatchObject({ hasMore: false, nextCursor: null });
  });

  it('end with a full page when there is nothing above it', async () => {
    await growBranch(parley.database, place(), 4);
    const pages = await collectPages(ana, `/conversations/${id}/messages?limit=2`);
    expect(pages.map(({ length }) => length)).toEqual([2, 2]);
  });

  it('refuse a cursor of the list of conversations', async () => {
    await ana.conversation();
    const { nextCursor } = (await ana.get<Page>('/conversations?limit=1')).body;
    expect(await refusal(nextCursor)).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
  });

  it('refuse a cursor of another conversation', async () => {
    await growBranch(parley.database, place(), 3);
    const { nextCursor } = await page('?limit=1');
    ({ id } = await ana.conversation());
    expect(await refusal(nextCursor)).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
  });

  it.each([
    ['leafId=x', 400, 'validation_failed'],
    ['leafId=', 400, 'validation_failed'],
    [`leafId=${newId()}`, 404, 'not_found'],
    ['limit=0', 400, 'validation_failed'],
    ['limit=101', 400, 'validation_failed'],
    ['cursor=x', 400, 'invalid_cursor'],
  ])('refuse %s', async (query, status, code) => {
    await growBranch(parley.database, place(), 2);
    const refused = await ana.get(`/conversations/${id}/messages?${query}`);
    expect(refused).toMatchObject({ status, body: { code } });
  });
});
