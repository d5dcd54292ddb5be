import fc from 'fast-check';
import { newId } from '../../src/common/ids';
import { aBeat, ReplyDatabase } from '../support/reply-database';

describe('A heartbeat', () => {
  let database: ReplyDatabase;
  beforeAll(async () => (database = await ReplyDatabase.open()));
  afterEach(() => database.query('delete from conversations'));
  afterAll(() => database.close());

  const beat = (...beats: readonly ReturnType<typeof aBeat>[]) =>
    database.replies.beat(database.owner, beats);
  const now = async () =>
    (await database.query<{ now: Date }>('select clock_timestamp() as now'))[0]!.now.getTime();
  const generation = async (replyId: string) => {
    const [row] = await database.query<{ lease_until: Date; started: boolean; len16: number }>(
      'select lease_until, started_at is not null as started, len16 from generations where reply_id = $1',
      [replyId],
    );
    return row!;
  };

  it('extends the lease to ten seconds from now, with and without text', async () => {
    const claims = [await database.begin(), await database.begin()];
    for (const claim of claims) await database.expire(claim);
    const before = await now();
    await beat(aBeat(claims[0]!, ''), aBeat(claims[1]!, 'Oslo'));
    const after = await now();
    const [silent, talking] = await Promise.all(claims.map(({ replyId }) => generation(replyId)));
    expect(silent).toMatchObject({ started: false, len16: 0 });
    expect(talking).toMatchObject({ started: true, len16: 4 });
    for (const { lease_until: until } of [silent!, talking!]) {
      expect(until.getTime() - 10_000).toBeGreaterThanOrEqual(before);
      expect(until.getTime() - 10_000).toBeLessThanOrEqual(after);
    }
  });

  it('with nothing to tell still reaches the database', async () => {
    await expect(beat()).resolves.toEqual([]);
  });

  it('whose answer was lost goes on from what is stored', async () => {
    const claim = await database.begin();
    await beat(aBeat(claim, 'Oslo '));
    const [answer] = await beat(aBeat(claim, 'Oslo is cold.'));
    expect(answer).toMatchObject({ state: 'ok', length: 5 });
    await beat(aBeat(claim, 'Oslo is cold.', 5));
    await expect(database.replies.storedText(claim.replyId)).resolves.toBe('Oslo is cold.');
  });

  it('that arrives twice at once stores its text once', async () => {
    const claim = await database.begin();
    await Promise.all(Array.from({ length: 10 }, () => beat(aBeat(claim, 'Oslo'))));
    await expect(database.replies.storedText(claim.replyId)).resolves.toBe('Oslo');
  });

  it('leaves out a row that somebody holds, says so, and takes care of the others', async () => {
    const [held, free] = [await database.begin(), await database.begin()];
    const answers = await database.dataSource.transaction(async (holder) => {
      await holder.query('select from generations where reply_id = $1 for update', [held.replyId]);
      return beat(aBeat(held, 'Oslo'), aBeat(free, 'Bergen'));
    });
    const states = new Map(answers.map(({ replyId, state }) => [replyId, state]));
    expect([states.get(held.replyId), states.get(free.replyId)]).toEqual(['busy', 'ok']);
    await expect(beat(aBeat(held, 'Oslo'))).resolves.toMatchObject([{ state: 'ok', length: 4 }]);
  });

  it('finds lost what is gone, what another process holds, and what it held before', async () => {
    const [gone, taken] = [await database.begin(), await database.begin()];
    await database.query('delete from generations where reply_id = $1', [gone.replyId]);
    await database.replies.takeOver(newId(), taken.replyId);
    await database.replies.takeOver(database.owner, taken.replyId);
    const never = { replyId: newId(), conversationId: newId(), fence: 1 };
    const answers = await beat(...[gone, taken, never].map((claim) => aBeat(claim, 'Oslo')));
    expect(answers.map(({ state }) => state)).toEqual(['lost', 'lost', 'lost']);
    await expect(database.leftovers()).resolves.toEqual({ generations: 1, chunks: 0 });
  });

  it('keeps any text, however it is cut and whatever it is made of', async () => {
    const trouble = fc.constantFrom(
      'NULL',
      '"',
      '\\',
      '{',
      '}',
      ',',
      '\n',
      "'",
      '😀',
      '👩‍👩‍👧',
      '\u2028',
      ' ',
      '$1',
      '\\x00',
    );
    const piece = fc.array(fc.oneof(trouble, fc.string({ unit: 'grapheme', maxLength: 3 })), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
        const claim = await database.begin();
        let text = '';
        for (const part of pieces) {
          const from = text.length;
          text += part.join('').replaceAll('\0', '');
          await beat(aBeat(claim, text, from));
        }
        await expect(database.replies.storedText(claim.replyId)).resolves.toBe(text);
        await expect(database.message(claim)).resolves.toMatchObject({ content: text });
        expect((await generation(claim.replyId)).len16).toBe(text.length);
      }),
      { numRuns: 60 },
    );
  });
});
