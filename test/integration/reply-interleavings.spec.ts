import fc from 'fast-check';
import { newId } from '../../src/common/ids';
import type { MessageInTree } from '../../src/conversations/message.entity';
import { CANCELLED, INTERRUPTED } from '../../src/conversations/replies/reply.generator';
import type { Claim, ReplyEnd } from '../../src/conversations/replies/running-reply';
import { aBeat, COMPLETED, ReplyDatabase } from '../support/reply-database';

/** What befalls one reply. Numbers are round trips to the database before it. */
interface Fate {
  readonly pieces: readonly string[];
  /** The writer goes on after this many pieces without its heartbeat being answered. */
  readonly deaf: boolean;
  readonly settleTwice: boolean;
  /** Its owner is asked to stop it. */
  readonly stopAfter: number | null;
  /** It is taken from its owner and stopped. */
  readonly cancelAfter: number | null;
  /** Its owner goes away, and lets go of all that it has. */
  readonly releaseAfter: number | null;
  readonly deleteAfter: number | null;
  readonly expireAfter: number | null;
  readonly nextAfter: number | null;
}

const soon = fc.nat(8);
const often = fc.option(soon, { freq: 2 });
const seldom = fc.oneof({ arbitrary: fc.constant(null), weight: 4 }, { arbitrary: soon, weight: 1 });
const rarely = fc.oneof({ arbitrary: fc.constant(null), weight: 24 }, { arbitrary: soon, weight: 1 });
const fate: fc.Arbitrary<Fate> = fc.record({
  pieces: fc.array(fc.constantFrom('Oslo ', '😀', 'is ', 'cold. '), { minLength: 1, maxLength: 5 }),
  deaf: fc.boolean(),
  settleTwice: fc.boolean(),
  stopAfter: seldom,
  cancelAfter: seldom,
  releaseAfter: rarely,
  deleteAfter: seldom,
  expireAfter: seldom,
  nextAfter: often,
});

describe('Whatever happens to replies at once', () => {
  let database: ReplyDatabase;
  /** Texts that were stored as the end of a reply, by reply. */
  let winners: Map<string, string[]>;

  beforeAll(async () => (database = await ReplyDatabase.open()));
  beforeEach(() => (winners = new Map()));
  afterAll(() => database.close());

  const trips = async (count: number) => {
    for (let n = 0; n < count; n++) await database.query('select 1');
  };

  async function settle(owner: string, claim: Claim, text: string, end: ReplyEnd): Promise<void> {
    const won = await database.replies.settle(owner, claim, text, end);
    if (!won) return;
    expect(won.content).toBe(text);
    winners.set(claim.replyId, [...(winners.get(claim.replyId) ?? []), text]);
  }

  async function write(claim: Claim, { pieces, deaf, settleTwice }: Fate): Promise<void> {
    let [text, stored] = ['', 0];
    for (const piece of pieces) {
      text += piece;
      const [answer] = await database.replies.beat(database.owner, [aBeat(claim, text, stored)]);
      if (answer?.state === 'ok' && !deaf) stored = answer.length;
      if (answer?.state === 'lost' && !deaf) return;
      if (answer?.state === 'ok' && answer.cancelled && !deaf)
        return settle(database.owner, claim, text, CANCELLED);
    }
    await settle(database.owner, claim, text, COMPLETED);
    if (settleTwice) await settle(database.owner, claim, `${text}again`, COMPLETED);
  }

  async function cancel(after: number | null, { replyId }: Claim): Promise<void> {
    if (after === null) return;
    await trips(after);
    const canceller = newId();
    const taken = await database.replies.takeOver(canceller, replyId);
    if (taken) await settle(canceller, taken, await database.replies.storedText(replyId), CANCELLED);
  }

  async function sweep(): Promise<void> {
    const sweeper = newId();
    for (const claim of await database.replies.claimExpired(sweeper, 100, []))
      await settle(sweeper, claim, await database.replies.storedText(claim.replyId), INTERRUPTED);
  }

  async function live(seen: Claim[], doomed: Set<string>, happens: Fate): Promise<void> {
    const place = await database.conversation();
    const claim = await database.begin({}, place);
    seen.push(claim);
    const at = (after: number | null, work: () => Promise<unknown>) =>
      after === null ? null : trips(after).then(work);
    await Promise.all([
      write(claim, happens),
      at(happens.stopAfter, () => database.replies.requestCancel(claim.replyId)),
      cancel(happens.cancelAfter, claim),
      at(happens.releaseAfter, () => database.replies.release(database.owner, []).then(sweep)),
      at(happens.expireAfter, () => database.expire(claim).then(() => Promise.all([sweep(), sweep()]))),
      at(happens.nextAfter, async () => {
        const next = await database.begin({}, place).catch(() => null);
        if (next) seen.push(next);
      }),
      at(happens.deleteAfter, async () => {
        doomed.add(place.conversationId);
        await database.conversations.deleteOwned(place.userId, place.conversationId);
      }),
    ]);
  }

  it('each of them ends exactly once, as its winner stored it, and nothing is left over', async () => {
    let lives = 0;
    const together = fc.array(fate, { minLength: 12, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(together, async (fates) => {
        const [seen, doomed] = [[] as Claim[], new Set<string>()];
        await Promise.all(fates.map((happens) => live(seen, doomed, happens)));
        await database.query(`update generations set lease_until = now() - interval '1 s'`);
        await sweep();
        for (const claim of seen) {
          const message = await database.message(claim);
          const ends = winners.get(claim.replyId) ?? [];
          expect(ends.length).toBeLessThanOrEqual(1);
          if (doomed.has(claim.conversationId)) expect(message).toBeNull();
          else expect([message!.content]).toEqual(ends);
          if (message) expect(terminal(message)).toBe(true);
        }
        await expect(database.leftovers()).resolves.toEqual({ generations: 0, chunks: 0 });
        lives += seen.length;
      }),
      { numRuns: 25, endOnFailure: true },
    );
    expect(lives).toBeGreaterThanOrEqual(300);
  });
});

const terminal = ({ status }: MessageInTree) => ['completed', 'failed', 'cancelled'].includes(status);
