import fc from 'fast-check';
import { ConformanceTrial, type Side } from '../support/conformance';
import { PacedAnswer } from '../support/paced-answer';
import { ReplyReader } from '../support/reply-reader';
import { TRANSPORTS, type ReplyPlace } from '../support/reply-transports';
import { waitUntil } from '../support/wait-until';

/** Pairs between two pieces, halves without the other one, NUL, and characters of several pairs. */
const PIECES = ['Oslo ', '\ud83d', '\ude00 is', ' \0co', 'ld\ude00', ' 👩‍', '👧 🇳', '🇴', '.\ud83d'];
const SIDES: readonly Side[] = ['owner', 'other'];
const ENDS = ['completed', 'failed', 'cancelled'] as const;

/** One connection of a reader who comes and goes. */
interface Leg {
  readonly side: Side;
  /** So many events before it is cut. */
  readonly events: number;
  /** It begins so many units before the end of what is known. */
  readonly back: number;
  /** So many pieces come with each event. */
  readonly pieces: number;
}

const leg: fc.Arbitrary<Leg> = fc.record({
  side: fc.constantFrom(...SIDES),
  events: fc.integer({ min: 1, max: 3 }),
  back: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(9) }),
  pieces: fc.integer({ min: 1, max: 8 }),
});

const character = fc.constantFrom(
  ...['a', 'å', '\u2028', '\r\n', '"\\', '\0', '\ufffd', '\ud83d', '\ude00', '😀', '👩‍👩‍👧', '🇳🇴', 'e\u0301'],
);
const small = fc
  .tuple(fc.array(character, { minLength: 1, maxLength: 30 }), fc.array(fc.nat(60), { maxLength: 12 }))
  .map(([characters, cuts]) => cutAt(characters.join(''), cuts));
/** Whole or in the middle of a pair. */
const large = fc
  .tuple(fc.constantFrom(100_000, 1_000_000), fc.array(fc.nat(1_000_000), { maxLength: 3 }))
  .map(([units, cuts]) => cutAt(`x${'😀'.repeat(units / 2)}`, cuts));

interface Life {
  readonly end: 'good' | 'missing';
  readonly pieces: readonly string[];
  /** Of its readers. */
  readonly journeys: readonly (readonly Leg[])[];
}

const journeys = fc.array(fc.array(leg, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 2 });
const end = fc.constantFrom<Life['end']>('good', 'good', 'missing');
const smallLife: fc.Arbitrary<Life> = fc.record({ end, pieces: small, journeys });
const largeLife: fc.Arbitrary<Life> = fc.record({
  end,
  pieces: fc.tuple(small, large, small).map((parts) => parts.flat()),
  journeys,
});

describe.each(TRANSPORTS)('A reply read as $name', (transport) => {
  let trial: ConformanceTrial;
  beforeAll(async () => (trial = await ConformanceTrial.start()));
  afterAll(() => trial.close());

  const rejoin = (side: Side, place: ReplyPlace, after: number | null) =>
    transport.rejoin(trial.at[side], place, after);

  /** One reader to the end, cut and coming back as its legs say. */
  async function travel(place: ReplyPlace, answer: PacedAnswer, legs: readonly Leg[]): Promise<ReplyReader> {
    const reader = new ReplyReader();
    for (const { side, events, back, pieces } of legs) {
      if (reader.last) return reader;
      answer.goOn(reader.text.length, pieces);
      const after = Math.max(0, reader.text.length - back);
      reader.goBackTo(after);
      const calls = () => answer.goOn(reader.text.length, pieces);
      await reader.take(await rejoin(side, place, after), { most: events, calls });
    }
    answer.finish();
    if (!reader.last) await reader.take(await rejoin(legs[0]!.side, place, reader.text.length));
    return reader;
  }

  async function live({ end, pieces, journeys }: Life): Promise<void> {
    const answer = new PacedAnswer(trial.model, pieces, end);
    const { events, ...place } = await trial.begin(transport, answer);
    const asker = new ReplyReader();
    const travelling = Promise.all(journeys.map((legs) => travel(place, answer, legs)));
    const [travellers] = await Promise.all([travelling, asker.take(events)]);
    for (const { text, message } of [asker, ...travellers]) same([text, message.content], answer.text);
    same(await trial.stored(place), answer.text);
  }

  it('is the joined deltas of its events, wherever its readers are cut and come back', async () => {
    const lives = fc.tuple(
      fc.array(smallLife, { minLength: 8, maxLength: 8 }),
      fc.array(largeLife, { minLength: 2, maxLength: 2 }),
    );
    await fc.assert(
      fc.asyncProperty(lives, async (chosen) => {
        await Promise.all(chosen.flat().map(live));
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });

  describe.each(SIDES)('from the replica that is its %s', (side) => {
    /** From the beginning, and from each unit to behind the end. */
    const offsets = [
      null,
      ...Array.from({ length: PIECES.join('').length + 3 }, (_, n) => n),
      999_999_999_999_999,
    ];

    async function readAll(place: ReplyPlace, text: string) {
      const readers = offsets.map((after) => ReplyReader.knowing(text, after ?? 0));
      const streams = await Promise.all(offsets.map((after) => rejoin(side, place, after)));
      const done = Promise.all(streams.map((stream, n) => readers[n]!.take(stream)));
      done.catch(() => undefined); // told to whoever waits for it
      return { readers, done };
    }

    async function begin(end: (typeof ENDS)[number]) {
      const answer = new PacedAnswer(trial.model, PIECES, end === 'failed' ? 'missing' : 'good');
      const { events, ...place } = await trial.begin(transport, answer);
      const asker = new ReplyReader();
      const asked = asker.take(events);
      const finish = async () => {
        if (end === 'cancelled') await cancel(place, answer, asker);
        else answer.finish();
        await asked;
        expect(asker.last!.type).toBe(`message.${end}`);
        same([asker.text, ...(await trial.stored(place))], answer.text);
      };
      return { answer, place, asker, finish };
    }

    async function cancel({ conversationId, replyId }: ReplyPlace, answer: PacedAnswer, asker: ReplyReader) {
      answer.goOn(0, PIECES.length);
      await waitUntil(() => asker.text.length >= answer.visible, 'all that can be seen of the text');
      await trial.at.other.post(`/conversations/${conversationId}/messages/${replyId}/cancel`);
    }

    it.each(ENDS)('gives the rest from any offset while it is written, until it is %s', async (end) => {
      const { answer, place, asker, finish } = await begin(end);
      answer.goOn(0, 3);
      const seen = answer.visible;
      const { readers, done } = await readAll(place, answer.text);
      await waitUntil(
        () => readers.every(({ text }) => text.length >= seen),
        'readers that know as much as there is',
      );
      expect(readers.every(({ last }) => last === null)).toBe(true);
      await finish();
      await done;
      for (const { text, last } of readers) expect([text, last]).toEqual([answer.text, asker.last]);
    });

    it.each(ENDS)('gives the rest from any offset once it is %s', async (end) => {
      const { answer, place, asker, finish } = await begin(end);
      await finish();
      const { readers, done } = await readAll(place, answer.text);
      await done;
      for (const [n, { text, last, taken }] of readers.entries()) {
        expect([text, last]).toEqual([answer.text, asker.last]);
        expect(taken).toBe((offsets[n] ?? 0) < answer.text.length ? 2 : 1);
      }
    });

    it('is held up by nobody who does not read', async () => {
      const answer = new PacedAnswer(trial.model, [
        'Once ',
        ...Array.from({ length: 20 }, () => '\u0001'.repeat(50_000)),
      ]);
      const { events, ...place } = await trial.begin(transport, answer);
      answer.goOn(0);
      const [unread, also] = [await rejoin(side, place, 0), await rejoin(side, place, 0)];
      const readers = [new ReplyReader(), new ReplyReader(), new ReplyReader()] as const;
      answer.finish();
      await Promise.all([readers[0].take(events), readers[1].take(also)]);
      await readers[2].take(unread);
      for (const { text, message } of readers) same([text, message.content], answer.text);
    });
  });
});

/** Without a comparison of megabytes in the report. */
function same(texts: readonly string[], expected: string): void {
  expect(texts.map((text) => text === expected)).toEqual(texts.map(() => true));
}

function cutAt(text: string, places: readonly number[]): string[] {
  const cuts = [...new Set(places)].filter((place) => place < text.length).sort((a, b) => a - b);
  return [...cuts, text.length].map((cut, n) => text.slice(cuts[n - 1] ?? 0, cut));
}
