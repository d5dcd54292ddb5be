import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import { newId } from '../../src/common/ids';
import { Client } from '../support/client';
import { collectPages } from '../support/collect-pages';
import { startApp, type RunningApp } from '../support/running-app';

interface List {
  readonly data: readonly ConversationResponse[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

describe('The list of conversations', () => {
  let parley: RunningApp;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp();
  });

  beforeEach(async () => {
    ana = await Client.guest(parley.url);
  });

  afterAll(() => parley.close());

  /** Their ids, newest first, as the list has them. */
  async function make(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) ids.unshift((await ana.conversation({ title: `Trip ${n}` })).id);
    return ids;
  }

  const list = async (query = '', client = ana) => (await client.get<List>(`/conversations${query}`)).body;
  const idsOf = (rows: readonly ConversationResponse[]) => rows.map(({ id }) => id);
  const pages = async (query: string, between?: () => Promise<unknown>) =>
    (await collectPages<ConversationResponse>(ana, `/conversations${query}`, between)).map(idsOf);

  it('is empty at first', async () => {
    expect(await list()).toEqual({ data: [], hasMore: false, nextCursor: null });
  });

  it('has the newest first, and nothing of anybody else', async () => {
    const ids = await make(3);
    const ben = await Client.guest(parley.url);
    await ben.conversation();
    expect(idsOf((await list()).data)).toEqual(ids);
  });

  it('has what single reads have', async () => {
    const made = await ana.conversation({ title: 'Trip', metadata: { team: 'travel' } });
    expect((await list()).data).toEqual([made]);
  });

  it('has the one first in which a message was sent last', async () => {
    const [newer, older] = await make(2);
    await ana.send(older!, 'Where is it cold?');
    expect(idsOf((await list()).data)).toEqual([older, newer]);
  });

  it('has twenty to a page unless asked for another number', async () => {
    const ids = await make(21);
    const { data, hasMore } = await list();
    expect(idsOf(data)).toEqual(ids.slice(0, 20));
    expect(hasMore).toBe(true);
  });

  it('goes by pages without a gap or a repeat', async () => {
    const ids = await make(7);
    expect(await pages('?limit=3')).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
  });

  it('ends with a full page when there is nothing after it', async () => {
    const ids = await make(4);
    expect(await pages('?limit=2')).toEqual([ids.slice(0, 2), ids.slice(2)]);
  });

  it('goes on where it was while conversations are added', async () => {
    const ids = await make(7);
    expect((await pages('?limit=3', () => ana.conversation())).flat()).toEqual(ids);
  });

  it('goes on where it was when the last one of a page is deleted', async () => {
    const ids = await make(5);
    const seen = await pages('?limit=2', () => ana.delete(`/conversations/${ids[1]}`));
    expect(seen.flat()).toEqual(ids);
  });

  it('loses and repeats nothing among equal times', async () => {
    const ids = await make(9);
    await parley.database.query(`update conversations set last_activity_at = now() where user_id = $1`, [
      ana.tokens!.user.id,
    ]);
    expect((await pages('?limit=2')).flat()).toEqual(ids);
  });

  it('hides the archived ones, and shows them when asked', async () => {
    const [kept, archived] = await make(2);
    await ana.patch(`/conversations/${archived}`, { archived: true });
    expect(idsOf((await list()).data)).toEqual([kept]);
    expect(idsOf((await list('?archived=false')).data)).toEqual([kept]);
    expect(idsOf((await list('?archived=true')).data)).toEqual([archived]);
  });

  it('has only the pinned ones, or only the others, when asked', async () => {
    const [pinned, plain] = await make(2);
    await ana.patch(`/conversations/${pinned}`, { pinned: true });
    expect(idsOf((await list('?pinned=true')).data)).toEqual([pinned]);
    expect(idsOf((await list('?pinned=false')).data)).toEqual([plain]);
    expect(idsOf((await list()).data)).toEqual([pinned, plain]);
  });

  it('goes by pages through what a filter leaves', async () => {
    const ids = await make(6);
    const pinned = ids.filter((_, n) => n % 2 === 0);
    for (const id of pinned) await ana.patch(`/conversations/${id}`, { pinned: true });
    expect(await pages('?pinned=true&limit=2')).toEqual([pinned.slice(0, 2), pinned.slice(2)]);
  });

  it.each([
    ['limit', '0'],
    ['limit', '101'],
    ['limit', '-1'],
    ['limit', '1.0'],
    ['limit', '1e1'],
    ['limit', '%201'],
    ['limit', ''],
    ['limit', '١'],
    ['limit', '2&limit=3'],
    ['archived', 'yes'],
    ['archived', '1'],
    ['archived', 'TRUE'],
    ['pinned', ''],
    ['pinned', 'true&pinned=true'],
  ])('refuses %s=%s', async (name, value) => {
    const answer = await ana.get(`/conversations?${name}=${value}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(answer.body.errors![0]!.path).toBe(`query.${name}`);
  });

  it.each([
    ['nothing', () => ''],
    ['words', () => 'nonsense'],
    ['a great length', () => 'c'.repeat(5000)],
    ['an id alone', () => encode([newId()])],
    ['no id', () => encode(['x', 0])],
    ['a time of words', () => encode([newId(), 'yesterday'])],
    ['a time that no calendar has', () => encode([newId(), 9e15])],
    ['a time before 1970', () => encode([newId(), -1])],
    ['a time inside a millisecond', () => encode([newId(), 1.5])],
    ['something after the time', () => encode([newId(), 1, 1])],
    ['an object', () => encode({ 0: newId(), 1: 1, length: 2 })],
    ['a real one with a letter too many', (real: string) => `${real}A`],
    ['a real one with padding', (real: string) => `${real}=`],
    ['a real one with a letter lost', (real: string) => real.slice(0, -1)],
  ])('refuses a cursor of %s', async (_what, forge) => {
    await make(2);
    const { nextCursor } = await list('?limit=1');
    const answer = await ana.get(`/conversations?cursor=${forge(nextCursor!)}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
  });

  it("gives nothing of another account's by its cursor", async () => {
    await make(3);
    const { nextCursor } = await list('?limit=1');
    const ben = await Client.guest(parley.url);
    expect((await list(`?cursor=${nextCursor}`, ben)).data).toEqual([]);
  });
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
