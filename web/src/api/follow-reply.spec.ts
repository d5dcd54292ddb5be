import fc from 'fast-check';
import { ByteStream, piecesOf, type StreamEnd } from '../fakes/byte-stream';
import { toBlock } from '../fakes/fake-reply';
import { followReply, type Place } from './follow-reply';
import { Problem } from './problem';
import type { Message, ReplyEvent } from './types';

const REPLY = { id: 'm2', content: '', status: 'pending' } as Message;
const QUESTION = { id: 'm1', content: 'How cold is Oslo?' } as Message;
const created: ReplyEvent = { type: 'message.created', message: QUESTION, reply: REPLY, id: 0 };
const reconnect = (retryAfterMs: number): ReplyEvent => ({ type: 'reconnect', retryAfterMs, id: null });
const completed = (content: string): ReplyEvent => ({
  type: 'message.completed',
  message: { ...REPLY, content, status: 'completed' },
  id: content.length,
});

/** What a connection gives; an error is why there is none. */
type Leg =
  | readonly ReplyEvent[]
  | { readonly text: string; readonly end: StreamEnd; readonly cuts?: number[] }
  | Error;

function answerTo(leg: Leg): Response {
  if (leg instanceof Error) throw leg;
  if ('text' in leg) return new ByteStream(piecesOf(leg.text, leg.cuts), leg.end).response;
  return new ByteStream(piecesOf(leg.map(toBlock).join(''))).response;
}

/** Follows a reply over these connections, one after the other. */
class Trial {
  /** What each connection was asked for. */
  readonly places: (Place | null)[] = [];
  readonly waits: number[] = [];
  readonly troubles: unknown[] = [];
  readonly events: ReplyEvent[] = [];
  readonly abort = new AbortController();
  onPause = (): void => undefined;
  onEvent = (): void => undefined;

  constructor(private readonly legs: readonly (Leg | ((place: Place | null) => Leg))[]) {}

  async run(from: Place | null): Promise<this> {
    const steps = {
      connect: (place: Place | null) => this.connect(place),
      pause: (waitMs: number, signal: AbortSignal) => {
        this.waits.push(waitMs);
        this.onPause();
        return Promise.resolve().then(() => signal.throwIfAborted());
      },
      onTrouble: (error: unknown) => this.troubles.push(error),
      signal: this.abort.signal,
    };
    for await (const event of followReply(steps, from)) {
      this.events.push(event);
      this.onEvent();
    }
    return this;
  }

  private async connect(place: Place | null): Promise<Response> {
    const leg = this.legs[this.places.push(place) - 1];
    if (!leg) {
      this.abort.abort(new Error('There is no other connection.'));
      this.abort.signal.throwIfAborted();
    }
    return Promise.resolve(answerTo(typeof leg === 'function' ? leg(place) : leg!));
  }

  get text(): string {
    return this.events.map((event) => (event.type === 'message.delta' ? event.delta : '')).join('');
  }
}

/** What a server says of a whole text from a place on, in deltas of so many units. */
function told(text: string, place: Place | null, size: number): ReplyEvent[] {
  const deltas: ReplyEvent[] = [];
  for (let at = place?.after ?? 0; at < text.length; at += size) {
    const delta = text.slice(at, at + size);
    deltas.push({ type: 'message.delta', messageId: REPLY.id, delta, id: at + delta.length });
  }
  return [...(place ? [] : [created]), ...deltas, completed(text)];
}

const problem = (status: number, code: Problem['code'] = 'internal', retryAfterMs?: number) =>
  new Problem(code, status, 'No.', retryAfterMs === undefined ? {} : { retryAfterMs });

const AT_3 = { replyId: 'm2', after: 3 };

describe('A reply that is followed', () => {
  const pieces = fc.constantFrom('a', 'Oslo ', 'å', '語', '😀', '\ud83d', '\n\n', '"', '\0');
  const text = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''));
  const end = fc.constantFrom<StreamEnd | 'reconnect' | 'refused'>('end', 'cut', 'reconnect', 'refused');
  const leg = fc.record({ end, size: fc.integer({ min: 1, max: 9 }), bytes: fc.nat(3_000) });
  const start = fc.constantFrom('asking', 'rejoining');

  it('is its whole text, wherever its connections are cut', async () => {
    await fc.assert(
      fc.asyncProperty(text, start, fc.array(leg, { maxLength: 6 }), async (whole, how, legs) => {
        const broken = legs.map(({ end, size, bytes }) => (place: Place | null): Leg => {
          if (end === 'refused') return problem(503, 'draining');
          const sent = told(whole, place, size).slice(0, -1).map(toBlock).join('');
          const cut = sent.slice(0, bytes % (sent.length + 1));
          if (end !== 'reconnect') return { text: cut, end, cuts: [bytes >> 1, bytes >> 2] };
          return { text: `${cut.slice(0, cut.lastIndexOf('\n\n') + 2)}${toBlock(reconnect(5))}`, end: 'end' };
        });
        const from = how === 'asking' ? null : { replyId: 'm2', after: 0 };
        const trial = await new Trial([...broken, (place) => told(whole, place, 4)]).run(from);
        expect(trial.text).toBe(whole);
        expect(trial.events.at(-1)).toEqual(completed(whole));
        expect(trial.events.filter(({ type }) => type !== 'message.delta')).toHaveLength(from ? 1 : 2);
      }),
    );
  });

  it('is asked for from where its text was cut', async () => {
    const first = told('Oslo is cold', null, 4).slice(0, 3);
    const { places } = await new Trial([first, (place) => told('Oslo is cold', place, 4)]).run(null);
    expect(places).toEqual([null, { replyId: 'm2', after: 8 }]);
  });

  it('is asked for from a place that is known already', async () => {
    const trial = await new Trial([(place) => told('Oslo is cold', place, 4)]).run({
      replyId: 'm2',
      after: 5,
    });
    expect([trial.places, trial.text]).toEqual([[{ replyId: 'm2', after: 5 }], 'is cold']);
  });

  it('is asked for in the same way until it is known which reply it is', async () => {
    const trial = await new Trial([
      problem(0, 'offline'),
      [],
      problem(503, 'draining'),
      told('Oslo', null, 4),
    ]).run(null);
    expect([trial.places, trial.text]).toEqual([[null, null, null, null], 'Oslo']);
  });

  it.each(['message.completed', 'message.failed', 'message.cancelled'] as const)(
    'ends with %s',
    async (type) => {
      const last = { ...completed('Oslo'), type } as ReplyEvent;
      const trial = await new Trial([[created, last]]).run(null);
      expect([trial.events, trial.places]).toEqual([[created, last], [null]]);
    },
  );

  it('is read on when the server goes away, after the time that it says, and is never shown that', async () => {
    const rest = told('Oslo', AT_3, 1);
    const trial = await new Trial([[reconnect(1234)], rest]).run(AT_3);
    expect([trial.waits, trial.places, trial.events]).toEqual([[1234], [AT_3, AT_3], rest]);
  });

  it('says that its connection is in trouble when that breaks, not when the server goes away', async () => {
    const offline = Problem.offline();
    const legs: Leg[] = [[reconnect(5)], offline, { text: '', end: 'cut' }, told('Oslo', AT_3, 1)];
    expect((await new Trial(legs).run(AT_3)).troubles).toEqual([offline, new TypeError('terminated')]);
  });
});

describe('Waiting for another connection', () => {
  const tries = (count: number, leg: Leg) => Array.from({ length: count }, () => leg);
  const inFull = (ms: number) => [ms / 2, ms] as const;

  /** Between half of it and all of it. */
  const expectWaits = (waits: readonly number[], full: readonly number[]) => {
    expect(waits).toHaveLength(full.length);
    for (const [n, wait] of waits.entries()) {
      const [least, most] = inFull(full[n]!);
      expect(wait).toBeGreaterThanOrEqual(least);
      expect(wait).toBeLessThanOrEqual(most);
    }
  };

  it.each([
    ['refused', problem(503, 'draining')],
    ['not reached', Problem.offline()],
    ['cut', { text: ': ping\n\n', end: 'cut' }],
    ['at its end too early', []],
  ] as const)('takes longer each time, up to eight seconds, when it is %s', async (_what, leg) => {
    const { waits } = await new Trial([...tries(8, leg), told('Oslo', AT_3, 1)]).run(AT_3);
    expectWaits(waits, [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  });

  it('begins anew once something has come', async () => {
    const refused = problem(503, 'draining');
    const some = told('Oslo is cold', AT_3, 4).slice(0, 1);
    const legs = [...tries(4, refused), some, refused, told('Oslo is cold', { ...AT_3, after: 7 }, 5)];
    expectWaits((await new Trial(legs).run(AT_3)).waits, [250, 500, 1_000, 2_000, 250, 500]);
  });

  it('takes as long as the server says', async () => {
    const legs = [
      problem(503, 'overloaded', 7_000),
      problem(429, 'rate_limited', 90_000),
      told('Oslo', AT_3, 1),
    ];
    expect((await new Trial(legs).run(AT_3)).waits).toEqual([7_000, 90_000]);
  });

  it('is not the same for all', async () => {
    const legs = () => [problem(503, 'draining'), told('Oslo', AT_3, 1)];
    const trials = await Promise.all(Array.from({ length: 20 }, () => new Trial(legs()).run(AT_3)));
    expect(new Set(trials.map(({ waits }) => waits[0])).size).toBeGreaterThan(1);
  });
});

describe('Another try', () => {
  it.each([
    [400, 'validation_failed'],
    [401, 'unauthenticated'],
    [404, 'not_found'],
    [409, 'reply_in_progress'],
    [422, 'idempotency_key_reused'],
    [500, 'internal'],
  ] as const)('is not made after %i %s', async (status, code) => {
    for (const from of [null, AT_3]) {
      const trial = new Trial([problem(status, code)]);
      await expect(trial.run(from)).rejects.toMatchObject({ name: 'Problem', code });
      expect([trial.waits, trial.troubles]).toEqual([[], []]);
    }
  });

  it('is not made when somebody has asked too often', async () => {
    const trial = new Trial([problem(429, 'rate_limited', 1_000)]);
    await expect(trial.run(null)).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('is made when somebody has read too often', async () => {
    const trial = await new Trial([problem(429, 'rate_limited', 1_000), told('Oslo', AT_3, 1)]).run(AT_3);
    expect([trial.text, trial.waits]).toEqual(['o', [1_000]]);
  });

  it('is made after an answer that is none of Parley’s', async () => {
    const proxy = await Problem.of(new Response('<html>', { status: 404 }));
    expect((await new Trial([proxy, told('Oslo', AT_3, 1)]).run(AT_3)).text).toBe('o');
  });

  describe('is not made once nobody wants it', () => {
    const gone = new Error('gone');

    it('while it is waited for', async () => {
      const trial = new Trial([problem(503, 'draining')]);
      trial.onPause = () => trial.abort.abort(gone);
      await expect(trial.run(AT_3)).rejects.toBe(gone);
      expect(trial.places).toHaveLength(1);
    });

    it('while it is connected', async () => {
      const trial: Trial = new Trial([() => (trial.abort.abort(gone), problem(503, 'draining'))]);
      await expect(trial.run(AT_3)).rejects.toBe(gone);
      expect([trial.waits, trial.troubles]).toEqual([[], []]);
    });

    it('while it is read', async () => {
      const some = toBlock(told('Oslo', AT_3, 1)[0]!);
      const trial = new Trial([{ text: some, end: 'cut' }]);
      trial.onEvent = () => trial.abort.abort(gone);
      await expect(trial.run(AT_3)).rejects.toBe(gone);
      expect([trial.events.length, trial.waits, trial.troubles]).toEqual([1, [], []]);
    });
  });
});
