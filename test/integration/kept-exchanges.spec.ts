import { newId } from '../../src/common/ids';
import { loadConfig } from '../../src/config/config';
import { KeptExchangeRepository } from '../../src/conversations/kept-exchange.repository';
import { KeptExchanges, type Exchange } from '../../src/conversations/kept-exchanges.service';
import { KeptKey } from '../../src/idempotency/kept-key.entity';
import { KeptKeyRepository } from '../../src/idempotency/kept-key.repository';
import { ReplyDatabase } from '../support/reply-database';

const HASH = Buffer.from('hash');
const DAY_SECONDS = 86_400;

describe('An exchange that was had elsewhere', () => {
  let database: ReplyDatabase;
  let exchanges: KeptExchanges;
  let keys: KeptKeyRepository;
  let key: string;

  beforeAll(async () => {
    database = await ReplyDatabase.open();
    const config = loadConfig({ JWT_SECRET: 'x'.repeat(32), REPLY_MAX_CHARS: '1000' });
    exchanges = new KeptExchanges(new KeptExchangeRepository(database.dataSource), config);
    keys = new KeptKeyRepository(database.dataSource.getRepository(KeptKey));
  });
  beforeEach(() => {
    key = newId();
  });
  afterAll(() => database.close());

  const anExchange = (
    parts: Partial<Exchange> = {},
    texts: readonly string[] = ['Where is it cold?'],
  ): Exchange => ({
    ...{
      userId: database.userId,
      conversationId: newId(),
      model: 'custom/any',
      systemPrompt: null,
      held: null,
    },
    turns: texts.map((content, at) => ({ id: newId(), role: at % 2 ? 'assistant' : 'user', content })),
    reply: {
      ...{
        id: newId(),
        status: 'completed',
        content: 'Oslo is cold.',
        model: 'custom/other',
        finishReason: 'stop',
      },
      ...{ promptTokens: 5, completionTokens: 4, usageEstimated: false, errorCode: null, errorDetail: null },
    },
    ...parts,
  });
  const rowsOf = ({ conversationId }: Exchange) =>
    database.query<{
      id: string;
      parent_id: string | null;
      depth: number;
      branch_id: string;
      tokens: number;
    }>(
      'select id, parent_id, depth, branch_id, tokens from messages where conversation_id = $1 order by depth',
      [conversationId],
    );
  const keyRow = async () =>
    (
      await database.query<{ status: number; expires_at: Date }>(
        'select status, expires_at from idempotency_keys where key = $1',
        [key],
      )
    )[0];
  const now = async () =>
    (await database.query<{ now: Date }>('select clock_timestamp() as now'))[0]!.now.getTime();
  /** Does that, and sees that the key lasts for so long from then on. */
  const expectToLast = async (seconds: number, act: () => Promise<boolean>) => {
    const before = await now();
    expect(await act()).toBe(true);
    const expiresAt = (await keyRow())!.expires_at.getTime() - seconds * 1000;
    expect(expiresAt).toBeGreaterThanOrEqual(before);
    expect(expiresAt).toBeLessThanOrEqual(await now());
  };
  const lease = (madeId: string, seconds = 60) =>
    keys.lease(database.userId, { key, hash: HASH }, madeId, seconds);
  const holding = (status = 200): Exchange => anExchange({ held: { key, status } });

  it('is one run of messages, each after the one before, the reply last', async () => {
    const exchange = anExchange({}, ['a', 'b', 'c', 'd', 'e']);
    expect(await exchanges.keep(exchange)).toBe(true);
    const ids = [...exchange.turns.map(({ id }) => id), exchange.reply.id];
    expect(await rowsOf(exchange)).toEqual(
      ids.map(
        (id, at) =>
          expect.objectContaining({
            id,
            parent_id: ids[at - 1] ?? null,
            depth: at,
            branch_id: ids[0],
          }) as object,
      ),
    );
  });

  it('is in order where its ids are not', async () => {
    const exchange = anExchange({}, ['a', 'b', 'c']);
    const turns = exchange.turns.map(({ id }, at) => ({
      ...exchange.turns[at]!,
      id: id.replace(/^./, String(9 - at)),
    }));
    await exchanges.keep({ ...exchange, turns });
    expect((await rowsOf(exchange)).map(({ id }) => id)).toEqual([
      ...turns.map(({ id }) => id),
      exchange.reply.id,
    ]);
  });

  it('has its tokens counted, and its texts cut where replies are', async () => {
    const exchange = anExchange({}, ['Where is it cold?', 'x'.repeat(1_001), 'Where?']);
    await exchanges.keep(exchange);
    expect((await rowsOf(exchange)).map(({ tokens }) => tokens)).toEqual([5, expect.any(Number), 2, 5]);
    const [{ length }] = (await database.query<{ length: number }>(
      'select max(length(content)) as length from messages where conversation_id = $1',
      [exchange.conversationId],
    )) as [{ length: number }];
    expect(length).toBe(1_000);
  });

  it('takes some thousand turns in a moment', async () => {
    const exchange = anExchange(
      {},
      Array.from({ length: 3_001 }, (_, n) => `turn ${n}`),
    );
    await exchanges.keep(exchange);
    expect(await rowsOf(exchange)).toHaveLength(3_002);
  });

  it('makes the key that is held for it last for a day', async () => {
    const exchange = holding();
    await expectToLast(60, () => lease(exchange.reply.id));
    expect(await keyRow()).toMatchObject({ status: 102 });
    await expectToLast(DAY_SECONDS, () => exchanges.keep(exchange));
    expect(await keyRow()).toMatchObject({ status: 200 });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['is held for another', () => lease(newId())],
    ['is not there', () => Promise.resolve()],
  ])('is not kept at all where its key %s', async (_what, before) => {
    await before();
    const exchange = holding();
    const found = await keyRow();
    expect(await exchanges.keep(exchange)).toBe(false);
    expect(await rowsOf(exchange)).toEqual([]);
    expect(await keyRow()).toEqual(found);
  });

  it('is kept by one of two that have held the key one after the other', async () => {
    const [slow, quick] = [holding(), holding()];
    await lease(slow.reply.id, 0);
    expect(await lease(quick.reply.id)).toBe(true);
    expect(await Promise.all([exchanges.keep(slow), exchanges.keep(quick)])).toEqual([false, true]);
  });

  it('is there once where it is stored again, since the first answer was lost', async () => {
    const exchange = holding();
    await lease(exchange.reply.id);
    expect([await exchanges.keep(exchange), await exchanges.keep(exchange)]).toEqual([true, false]);
    expect(await rowsOf(exchange)).toHaveLength(2);
  });

  it('leaves its key as it was where it can not be stored', async () => {
    const exchange = { ...holding(), model: 'x'.repeat(201) };
    await lease(exchange.reply.id);
    const found = await keyRow();
    await expect(exchanges.keep(exchange)).rejects.toThrow();
    expect(await keyRow()).toEqual(found);
  });

  describe('whose key', () => {
    it('is held by one alone, and free again once it is given back or over', async () => {
      const ids = [newId(), newId()];
      const taken = await Promise.all(ids.map((id) => lease(id)));
      expect(taken.toSorted()).toEqual([false, true]);
      const [first, second] = taken[0] ? [ids[0]!, ids[1]!] : [ids[1]!, ids[0]!];
      await keys.giveBack(database.userId, key, second);
      expect(await lease(second)).toBe(false);
      await keys.giveBack(database.userId, key, first);
      expect(await lease(second, 0)).toBe(true);
      expect(await lease(first)).toBe(true);
    });

    it('is not given back once something is kept under it', async () => {
      const exchange = holding();
      await lease(exchange.reply.id);
      await exchanges.keep(exchange);
      await keys.giveBack(database.userId, key, exchange.reply.id);
      expect(await keyRow()).toMatchObject({ status: 200 });
    });
  });
});
