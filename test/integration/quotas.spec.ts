import type { DomainError } from '../../src/common/errors/domain-error';
import { newId } from '../../src/common/ids';
import { dayOf } from '../../src/common/validation/day';
import { loadConfig } from '../../src/config/config';
import { UsageRepository } from '../../src/usage/usage.repository';
import { CANCELLED, INTERRUPTED } from '../../src/conversations/replies/reply.generator';
import type { ReplyEnd } from '../../src/conversations/replies/running-reply';
import { aModel } from '../factories/model';
import { makePatient } from '../support/patient-database';
import { aBeat, COMPLETED, ReplyDatabase } from '../support/reply-database';

const COUNTED: ReplyEnd = {
  ...COMPLETED,
  usage: { promptTokens: 30, completionTokens: 20, totalTokens: 50 },
};
/** "Where is it cold?" and what is put around it. */
const PROMPT = 5 + 4;
/** What a reply of the default model may take. */
const MOST = PROMPT + 4_096;

describe('Quotas', () => {
  let database: ReplyDatabase;
  let usage: UsageRepository;

  beforeAll(async () => {
    database = await ReplyDatabase.open();
    await makePatient(database.dataSource);
    usage = new UsageRepository(database.dataSource, loadConfig({ JWT_SECRET: 'x'.repeat(32) }));
  });
  beforeEach(async () => {
    await database.query('delete from conversations');
    await database.query('delete from usage_days');
    await database.query('delete from usage_reservations');
    await setQuota(null);
  });
  afterAll(() => database.close());

  const setQuota = (tokens: number | null) =>
    database.query('update users set quota_tokens = $1 where id = $2', [tokens, database.userId]);
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'opened',
      (error: unknown) => (error as DomainError).code,
    );
  const state = () => usage.quota(database.userId);
  const reserve = (promptTokens: number, completionTokens: number) =>
    usage.reserve(database.userId, { model: 'custom/any', promptTokens, completionTokens }, 60_000);
  const tally = (outcomes: readonly string[]) => ({
    opened: outcomes.filter((outcome) => outcome === 'opened').length,
    refused: outcomes.filter((outcome) => outcome === 'quota_exceeded').length,
  });
  const manyAtOnce = async (count: number) => {
    const places = await Promise.all(Array.from({ length: count }, () => database.conversation()));
    return tally(await Promise.all(places.map((place) => codeOf(database.begin({}, place)))));
  };

  it('let one of fifty at once through where there is enough for one', async () => {
    await setQuota(1);
    expect(await manyAtOnce(50)).toEqual({ opened: 1, refused: 49 });
  });

  it('let as many of fifty at once through as surely fit', async () => {
    await setQuota(10 * MOST);
    expect(await manyAtOnce(50)).toEqual({ opened: 10, refused: 40 });
  });

  it('hold for replies and other calls together', async () => {
    await setQuota(10 * MOST);
    const places = await Promise.all(Array.from({ length: 20 }, () => database.conversation()));
    const outcomes = await Promise.all(
      places.flatMap((place) => [codeOf(database.begin({}, place)), codeOf(reserve(PROMPT, 4_096))]),
    );
    expect(tally(outcomes)).toEqual({ opened: 10, refused: 30 });
  });

  it('leave nothing behind of a question that is refused', async () => {
    await setQuota(0);
    const place = await database.conversation();
    expect(await codeOf(database.begin({}, place))).toBe('quota_exceeded');
    await expect(database.query('select from messages')).resolves.toEqual([]);
    await expect(state()).resolves.toMatchObject({ spentTokens: 0, reservedTokens: 0 });
  });

  it('say when there is more, in seconds and as a time', async () => {
    await setQuota(0);
    const before = Date.now();
    const refusal = await database.begin().catch((error: unknown) => error as DomainError);
    const { resetsAt } = await state();
    const [most, least] = [before, Date.now()].map((at) => Math.ceil((resetsAt.getTime() - at) / 1000));
    expect(refusal).toMatchObject({ members: { resetsAt: resetsAt.toISOString() } });
    const said = Number((refusal as DomainError).headers['Retry-After']);
    expect(said).toBeLessThanOrEqual(most!);
    expect(said).toBeGreaterThanOrEqual(least!);
    expect(resetsAt.toISOString()).toMatch(/-01T00:00:00.000Z$/);
  });

  it('can be used to their last token by one reply at a time', async () => {
    await setQuota(51);
    const place = await database.conversation();
    await database.exchange(place, 'Oslo?', 'Cold.', COUNTED);
    expect(await codeOf(database.exchange(place, 'Bergen?', 'Wet.', COUNTED))).toBe('opened');
    expect(await codeOf(database.begin({}, place))).toBe('quota_exceeded');
    await expect(state()).resolves.toMatchObject({ spentTokens: 100, reservedTokens: 0 });
  });

  it('hold regenerations, too', async () => {
    await setQuota(50);
    const place = await database.conversation();
    const { id } = await database.exchange(place, 'Oslo?', 'Cold.', COUNTED);
    const again = { ...place, formerReplyId: id, replyId: newId(), chooseModel: () => aModel() };
    const regenerated = database.turns.regenerate(database.owner, again);
    await expect(regenerated).rejects.toMatchObject({ code: 'quota_exceeded' });
  });

  it('give back what was set aside, whatever the reply has cost', async () => {
    await setQuota(MOST);
    const place = await database.conversation();
    const claim = await database.begin({}, place);
    await expect(state()).resolves.toMatchObject({ spentTokens: 0, reservedTokens: MOST });
    await database.replies.settle(database.owner, claim, 'Cold.', COUNTED);
    await expect(state()).resolves.toMatchObject({ spentTokens: 50, reservedTokens: 0 });
  });

  it('set nothing aside for accounts that none applies to', async () => {
    await database.begin();
    await expect(database.query('select from usage_reservations')).resolves.toEqual([]);
    await reserve(10, 10);
    await expect(state()).resolves.toMatchObject({ reservedTokens: 0 });
  });
});

describe('A quota for everybody', () => {
  it.each([
    ['holds for an account without one of its own', null, 'quota_exceeded'],
    ['gives way to that of the account', 1_000_000, 'opened'],
  ])('%s', async (_, own, expected) => {
    const database = await ReplyDatabase.open(5, { QUOTA_TOKENS: '0', QUOTA_PERIOD: 'day' });
    await database.query('update users set quota_tokens = $1', [own]);
    const outcome = await database.begin().then(
      () => 'opened',
      (error: unknown) => (error as DomainError).code,
    );
    expect(outcome).toBe(expected);
    await database.close();
  });
});

describe('Usage', () => {
  let database: ReplyDatabase;
  let usage: UsageRepository;

  beforeEach(async () => {
    database = await ReplyDatabase.open();
    usage = new UsageRepository(database.dataSource, loadConfig({ JWT_SECRET: 'x'.repeat(32) }));
    await database.query('update users set quota_tokens = 1000000');
  });
  afterEach(() => database.close());

  const days = () => usage.days(database.userId, '2020-01-01', '9999-12-31');
  const reserved = async () => (await usage.quota(database.userId)).reservedTokens;
  const day = (replies: number, promptTokens: number, completionTokens: number, model = 'custom/any') => ({
    ...{ day: dayOf(Date.now()), model, replies, promptTokens, completionTokens },
  });

  it("is the provider's, by day and by the model that answered", async () => {
    const place = await database.conversation();
    await database.exchange(place, 'Oslo?', 'Cold.', COUNTED);
    await database.exchange(place, 'Bergen?', 'Wet.', COUNTED);
    const { model } = await database.exchange(place, 'Paris?', 'Far.', { ...COUNTED, model: 'custom/other' });
    expect(model).toBe('custom/other');
    expect(await days()).toEqual([day(2, 60, 40), day(1, 30, 20, 'custom/other')]);
  });

  it.each<[string, ReplyEnd, string, number]>([
    ['no count of its provider', COMPLETED, 'Cold.', 2],
    ['been cancelled', CANCELLED, 'Cold.', 2],
    ['been interrupted', INTERRUPTED, 'Cold.', 2],
    ['been cancelled while the model was thinking', { ...CANCELLED, hasBegun: true }, '', 0],
  ])('is estimated, and marked so, for a reply that has %s', async (_, end, text, completionTokens) => {
    const reply = await database.exchange(await database.conversation(), 'Where is it cold?', text, end);
    expect(reply).toMatchObject({ promptTokens: PROMPT, completionTokens, usageEstimated: true });
    expect(await days()).toEqual([day(1, PROMPT, completionTokens)]);
  });

  it('is none for a reply that has cost nothing', async () => {
    const reply = await database.exchange(await database.conversation(), 'Oslo?', '', INTERRUPTED);
    expect(reply).toMatchObject({ promptTokens: null, completionTokens: null, usageEstimated: false });
    expect(await days()).toEqual([]);
    expect(await reserved()).toBe(0);
  });

  it('is counted once, whoever else would end the reply', async () => {
    const claim = await database.begin();
    const ends = Array.from({ length: 10 }, () =>
      database.replies.settle(database.owner, claim, 'Cold.', COUNTED),
    );
    expect((await Promise.all(ends)).filter(Boolean)).toHaveLength(1);
    expect(await days()).toEqual([day(1, 30, 20)]);
  });

  it('is counted by whoever takes over a reply of a process that has died', async () => {
    const claim = await database.begin();
    await database.replies.beat(database.owner, [aBeat(claim, 'Oslo is cold')]);
    await database.expire(claim);
    const [expired] = await database.replies.claimExpired('00000000-0000-7000-8000-000000000001', 10, []);
    await database.replies.settle(
      '00000000-0000-7000-8000-000000000001',
      expired!,
      'Oslo is cold',
      INTERRUPTED,
    );
    expect(await days()).toEqual([day(1, PROMPT, 4)]);
    expect(await reserved()).toBe(0);
  });

  it('is counted of replies whose conversation is deleted, before their first word, too, and what was set aside given back', async () => {
    const claims = [await database.begin(), await database.begin(), await database.begin()];
    await database.replies.beat(database.owner, [aBeat(claims[0]!, 'Oslo'), aBeat(claims[1]!, 'Oslo is c')]);
    await database.conversations.deleteAllOwned(database.userId);
    expect(await days()).toEqual([day(3, 3 * PROMPT, 1 + 3)]);
    expect(await reserved()).toBe(0);
  });

  describe('of a call that is no reply', () => {
    const wanted = { model: 'custom/any', promptTokens: 10, completionTokens: 90 };
    const spent = { model: 'custom/other', promptTokens: 12, completionTokens: 5 };
    const reserve = async (ttlMs = 60_000) => ({
      id: await usage.reserve(database.userId, wanted, ttlMs),
      userId: database.userId,
    });

    it('is set aside, and then what it has taken', async () => {
      const reservation = await reserve();
      expect(await reserved()).toBe(100);
      await usage.settle(reservation, spent);
      expect([await days(), await reserved()]).toEqual([[day(1, 12, 5, 'custom/other')], 0]);
    });

    it.each([
      ['a quota', 1_000],
      ['no quota', null],
    ])('is counted once for an account with %s, however often it is settled', async (_, quota) => {
      await database.query('update users set quota_tokens = $1', [quota]);
      const reservation = await reserve();
      await Promise.all([1, 2, 3].map(() => usage.settle(reservation, spent)));
      expect(await days()).toEqual([day(1, 12, 5, 'custom/other')]);
    });

    it('is none where it has taken nothing', async () => {
      await usage.settle(await reserve(), null);
      expect([await days(), await reserved()]).toEqual([[], 0]);
    });

    it('is what it was given, where its process has died, and counts once', async () => {
      const reservation = await reserve(-1);
      await reserve();
      expect(await reserved()).toBe(100); // the other one
      expect(await Promise.all([usage.settleExpired(10), usage.settleExpired(10)])).toEqual(
        expect.arrayContaining([0, 1]),
      );
      await usage.settle(reservation, spent); // it was only slow
      expect(await days()).toEqual([day(1, 10, 0)]);
    });

    it('is nothing any more of an account that is gone', async () => {
      const reservation = await reserve();
      await database.query('delete from users');
      await usage.settle(reservation, spent);
      await usage.settle(await reserve(), spent);
      expect(await days()).toEqual([]);
    });
  });
});
