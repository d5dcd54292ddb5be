import { newId } from '../../src/common/ids';
import { CANCELLED } from '../../src/conversations/replies/reply.generator';
import type { ReplyEnd } from '../../src/conversations/replies/running-reply';
import { aBeat, COMPLETED, ReplyDatabase } from '../support/reply-database';

describe('The end of a reply', () => {
  let database: ReplyDatabase;
  beforeAll(async () => (database = await ReplyDatabase.open()));
  afterEach(() => database.query('delete from conversations'));
  afterAll(() => database.close());

  const nothing = { generations: 0, chunks: 0 };

  it('is stored with its text to the byte, and nothing is left of its writing', async () => {
    const text = '😀 a\ufffdb 👩‍👩‍👧 "\\" \u2028\n\ud7ff\ue000 $1 NULL';
    const claim = await database.begin();
    await database.replies.beat(database.owner, [aBeat(claim, text.slice(0, 4))]);
    await database.replies.settle(database.owner, claim, text, COMPLETED);
    const message = await database.message(claim);
    expect(Buffer.from(message!.content)).toEqual(Buffer.from(text));
    expect(message).toMatchObject({ status: 'completed', finishReason: 'stop' });
    expect(message!.completedAt).toBeInstanceOf(Date);
    await expect(database.leftovers()).resolves.toEqual(nothing);
  });

  it('is what a reader gets who reads it back', async () => {
    const claim = await database.begin();
    const error = { code: 'model_timeout', detail: 'Too long.' } as const;
    const end: ReplyEnd = { status: 'failed', finishReason: 'error', error };
    const stored = await database.replies.settle(database.owner, claim, 'Oslo', end);
    await expect(database.message(claim)).resolves.toEqual(stored);
  });

  it('counts as activity of its conversation', async () => {
    const claim = await database.begin();
    const before = await database.query<{ at: Date }>('select last_activity_at as at from conversations');
    await database.query(`update conversations set last_activity_at = now() - interval '1 h'`);
    await database.replies.settle(database.owner, claim, 'Oslo', COMPLETED);
    const after = await database.query<{ at: Date }>('select last_activity_at as at from conversations');
    expect(after[0]!.at.getTime()).toBeGreaterThanOrEqual(before[0]!.at.getTime());
  });

  it('has an estimate in place of a count of tokens that no column could hold', async () => {
    const claim = await database.begin();
    const usage = { promptTokens: 2 ** 31, completionTokens: 3, totalTokens: 2 ** 31 + 3 };
    const stored = await database.replies.settle(database.owner, claim, 'Oslo', { ...COMPLETED, usage });
    expect(stored).toMatchObject({ status: 'completed', completionTokens: 2, usageEstimated: true });
  });

  it('is decided once, by whoever comes first, however many try at once', async () => {
    for (let round = 0; round < 20; round++) {
      const claim = await database.begin();
      const rival = newId();
      const texts = ['a', 'b', 'c', 'd'];
      const own = texts.map((text) => database.replies.settle(database.owner, claim, text, COMPLETED));
      const taken = database.replies
        .takeOver(rival, claim.replyId)
        .then((theirs) => theirs && database.replies.settle(rival, theirs, 'taken', CANCELLED));
      const winners = (await Promise.all([...own, taken])).filter((message) => message !== null);
      expect(winners).toHaveLength(1);
      await expect(database.message(claim)).resolves.toEqual(winners[0]);
    }
    await expect(database.leftovers()).resolves.toEqual(nothing);
  });
});

describe('Silent replies', () => {
  let database: ReplyDatabase;
  beforeAll(async () => (database = await ReplyDatabase.open()));
  afterEach(() => database.query('delete from conversations'));
  afterAll(() => database.close());

  it('are handed over, and those with a living owner are not', async () => {
    const [silent, alive] = [await database.begin(), await database.begin()];
    for (const claim of [silent, alive]) await database.expire(claim);
    await database.replies.beat(database.owner, [aBeat(alive, '')]);
    const claims = await database.replies.claimExpired(newId(), 10, []);
    expect(claims).toMatchObject([{ ...silent, fence: 2 }]);
  });

  it('go to one process each when several look at once', async () => {
    const begun = [];
    for (let n = 0; n < 30; n++) begun.push(await database.begin());
    for (const claim of begun) await database.expire(claim);
    const sweeps = Array.from({ length: 8 }, () => database.replies.claimExpired(newId(), 10, []));
    const claimed = (await Promise.all(sweeps)).flat().map(({ replyId }) => replyId);
    const left = await database.replies.claimExpired(newId(), 30, []);
    const all = [...claimed, ...left.map(({ replyId }) => replyId)];
    expect(all.sort()).toEqual(begun.map(({ replyId }) => replyId).sort());
  });

  it('that somebody holds are left for the next time', async () => {
    const claim = await database.begin();
    await database.expire(claim);
    const claims = await database.dataSource.transaction(async (holder) => {
      await holder.query('select from generations where reply_id = $1 for update', [claim.replyId]);
      return database.replies.claimExpired(newId(), 10, []);
    });
    expect(claims).toEqual([]);
  });
});

describe('Deleting a conversation', () => {
  let database: ReplyDatabase;
  beforeAll(async () => (database = await ReplyDatabase.open()));
  afterAll(() => database.close());

  it('while its reply beats and ends leaves nothing, and holds nobody up', async () => {
    for (let round = 0; round < 40; round++) {
      const [claim, neighbour] = [await database.begin(), await database.begin()];
      await Promise.all([
        database.replies.beat(database.owner, [aBeat(claim, 'Oslo'), aBeat(neighbour, 'Bergen')]),
        database.replies.settle(database.owner, claim, 'Oslo.', COMPLETED),
        database.conversations.deleteOwned(database.userId, claim.conversationId),
        database.replies.takeOver(newId(), claim.replyId),
      ]);
      await expect(database.message(claim)).resolves.toBeNull();
      await database.replies.settle(database.owner, neighbour, 'Bergen.', COMPLETED);
      await expect(database.message(neighbour)).resolves.toMatchObject({ content: 'Bergen.' });
    }
    await expect(database.leftovers()).resolves.toEqual({ generations: 0, chunks: 0 });
  });

  it('of all of them at once tells which replies were being written', async () => {
    const running = [await database.begin(), await database.begin()];
    const { replyIds } = await database.conversations.deleteAllOwned(database.userId);
    expect([...replyIds].sort()).toEqual(running.map(({ replyId }) => replyId).sort());
    await expect(database.leftovers()).resolves.toEqual({ generations: 0, chunks: 0 });
  });
});
