import fc from 'fast-check';
import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { aMessage } from '../../../test/factories/message';
import { collect } from '../../../test/support/chat-events';
import { ReplyBuffer, textAfter, type ReplyPiece } from './reply.buffer';

const ended = { type: 'ended', message: aMessage() } as const;
const here = () => new AbortController().signal;
const textOf = (pieces: readonly ReplyPiece[]) =>
  pieces.map((piece) => (piece.type === 'text' ? piece.delta : '')).join('');
const text = (delta: string, offset: number): ReplyPiece => ({ type: 'text', offset, delta });

function bufferWith(...pieces: readonly string[]): ReplyBuffer {
  const buffer = new ReplyBuffer(Infinity);
  for (const piece of pieces) buffer.append(piece);
  return buffer;
}

function endedBuffer(...pieces: readonly string[]): ReplyBuffer {
  const buffer = bufferWith(...pieces);
  buffer.end(ended);
  return buffer;
}

describe('A reader of a reply', () => {
  it('gets the text as it comes, and then how it ended', async () => {
    const buffer = bufferWith('Oslo ');
    const pieces = buffer.read(0, here());
    await expect(pieces.next()).resolves.toEqual({ done: false, value: text('Oslo ', 5) });
    const next = pieces.next();
    buffer.append('is cold.');
    await expect(next).resolves.toEqual({ done: false, value: text('is cold.', 13) });
    const last = pieces.next();
    buffer.end(ended);
    await expect(last).resolves.toEqual({ done: false, value: ended });
    await expect(pieces.next()).resolves.toMatchObject({ done: true });
  });

  it('gets what came meanwhile in one piece, however slow it is', async () => {
    const buffer = bufferWith('Oslo ');
    const pieces = buffer.read(0, here());
    await pieces.next();
    for (const word of ['is ', 'cold ', 'in ', 'winter.']) buffer.append(word);
    buffer.end(ended);
    await expect(collect(pieces)).resolves.toEqual([text('is cold in winter.', 23), ended]);
  });

  it('gets the whole text of a reply that has ended', async () => {
    await expect(collect(endedBuffer('Oslo ', 'is cold.').read(0, here()))).resolves.toEqual([
      text('Oslo is cold.', 13),
      ended,
    ]);
  });

  it.each([13, 14, 1_000_000])(
    'who asks from %i on, the end or beyond, gets the end alone',
    async (after) => {
      await expect(collect(endedBuffer('Oslo is cold.').read(after, here()))).resolves.toEqual([ended]);
    },
  );

  it('who is ahead of the text waits for what comes after', async () => {
    const buffer = bufferWith('Oslo');
    const pieces = collect(buffer.read(8, here()));
    buffer.append(' is ');
    await setImmediate();
    buffer.append('cold.');
    buffer.end(ended);
    await expect(pieces).resolves.toEqual([text('cold.', 13), ended]);
  });

  it('who asks from the middle of a surrogate pair gets the whole pair', async () => {
    await expect(collect(endedBuffer('a😀b').read(2, here()))).resolves.toEqual([text('😀b', 4), ended]);
  });

  it('gets what any number of others get', async () => {
    const buffer = new ReplyBuffer(Infinity);
    const readers = Array.from({ length: 50 }, (_, after) => collect(buffer.read(after % 5, here())));
    for (const word of ['Oslo ', 'is ', 'cold.']) {
      buffer.append(word);
      await setImmediate();
    }
    buffer.end(ended);
    for (const [after, pieces] of (await Promise.all(readers)).entries()) {
      expect(textOf(pieces)).toBe('Oslo is cold.'.slice(after % 5));
      expect(pieces.at(-1)).toBe(ended);
    }
  });

  it.each(['lost', 'deleted'] as const)(
    'is told when the reply is %s, and gets nothing more of it',
    async (type) => {
      const buffer = bufferWith('Oslo');
      buffer.end({ type });
      await expect(collect(buffer.read(0, here()))).resolves.toEqual([{ type }]);
    },
  );
});

describe('A long text', () => {
  it('is the same from any offset, whatever the pieces that it came in', async () => {
    const all = 'Oslo 😀 '.repeat(3_000);
    const buffer = new ReplyBuffer(Infinity);
    const reader = collect(buffer.read(0, here()));
    for (const [n, letter] of Array.from(all).entries()) {
      buffer.append(letter);
      if (n % 100 === 0) await setImmediate();
    }
    buffer.end(ended);
    expect(textOf(await reader) === all && buffer.text === all).toBe(true);
    for (const after of [0, 4_095, 4_096, 4_097, 8_193, all.length - 1, all.length]) {
      const rest = textOf(await collect(buffer.read(after, here())));
      expect(all.endsWith(rest) && rest.length - (all.length - after) <= 1).toBe(true);
    }
  });
});

describe('A reader of text that may not be given out', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());

  /** What a reader has got so far. */
  function reading(buffer: ReplyBuffer): ReplyPiece[] {
    const pieces: ReplyPiece[] = [];
    void (async () => {
      for await (const piece of buffer.read(0, here())) pieces.push(piece);
    })();
    return pieces;
  }

  it('waits until it may', async () => {
    const buffer = new ReplyBuffer(0);
    const pieces = reading(buffer);
    buffer.append('Oslo');
    await setImmediate();
    expect(pieces).toEqual([]);
    buffer.letRead(performance.now() + 1);
    await setImmediate();
    expect(pieces).toEqual([text('Oslo', 4)]);
  });

  it('waits again once the time is over, and gets what was held back when there is more of it', async () => {
    const buffer = new ReplyBuffer(performance.now() + 7_000);
    const pieces = reading(buffer);
    buffer.append('Oslo ');
    await setImmediate();
    jest.advanceTimersByTime(7_000);
    buffer.append('is ');
    await setImmediate();
    expect(pieces).toEqual([text('Oslo ', 5)]);
    buffer.letRead(performance.now() + 7_000);
    await setImmediate();
    expect(pieces).toEqual([text('Oslo ', 5), text('is ', 8)]);
  });

  it('gets all of it at the end, since what is stored anybody may read', async () => {
    const buffer = new ReplyBuffer(0);
    buffer.append('Oslo');
    buffer.end(ended);
    await expect(collect(buffer.read(0, here()))).resolves.toEqual([text('Oslo', 4), ended]);
  });

  it('is told the first end alone', async () => {
    const buffer = new ReplyBuffer(0);
    buffer.end({ type: 'lost' });
    buffer.end(ended);
    await expect(collect(buffer.read(0, here()))).resolves.toEqual([{ type: 'lost' }]);
  });
});

describe('A reader who goes away', () => {
  it('while it waits ends quietly and leaves no listener', async () => {
    const buffer = bufferWith('Oslo');
    const gone = new AbortController();
    const pieces = collect(buffer.read(0, gone.signal));
    await setImmediate();
    expect(getEventListeners(gone.signal, 'abort')).toHaveLength(1);
    gone.abort();
    await expect(pieces).resolves.toEqual([text('Oslo', 4)]);
    expect(getEventListeners(gone.signal, 'abort')).toHaveLength(0);
  });

  it('by leaving the loop leaves no listener', async () => {
    const gone = here();
    for await (const piece of bufferWith('Oslo').read(0, gone)) if (piece.type === 'text') break;
    expect(getEventListeners(gone, 'abort')).toHaveLength(0);
  });

  it('before anything was read gets nothing', async () => {
    await expect(collect(endedBuffer('Oslo').read(0, AbortSignal.abort()))).resolves.toEqual([]);
  });

  it('disturbs nobody else', async () => {
    const buffer = bufferWith('Oslo ');
    const gone = new AbortController();
    const [left, stayed] = [collect(buffer.read(0, gone.signal)), collect(buffer.read(0, here()))];
    await setImmediate();
    gone.abort();
    await left;
    buffer.append('is cold.');
    buffer.end(ended);
    expect(textOf(await stayed)).toBe('Oslo is cold.');
  });
});

describe('The pieces of a reply', () => {
  /** Grapheme by grapheme, so emoji and astral characters stay whole, as the cleaner hands them over. */
  const whole = fc.array(fc.string({ unit: 'grapheme', maxLength: 6 }), { maxLength: 8 });

  it('joined from any offset equal the text from there, whatever the cuts and the pace', async () => {
    const scenario = fc.record({ pieces: whole, starts: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }) });
    await fc.assert(
      fc.asyncProperty(scenario, fc.scheduler(), async ({ pieces, starts }, pace) => {
        const all = pieces.join('');
        const buffer = new ReplyBuffer(Infinity);
        const afters = starts.map((start) => start % (all.length + 1));
        const writing = pieces.map((piece) => ({
          label: 'append',
          builder: () => Promise.resolve(buffer.append(piece)),
        }));
        const end = { label: 'end', builder: () => Promise.resolve(buffer.end(ended)) };
        pace.scheduleSequence([...writing, end]);
        const reading = afters.map((after) => pace.schedule(Promise.resolve(after)).then(readFrom(buffer)));
        await pace.waitIdle();
        const read = await Promise.all(reading);
        expect(read.map(textOf)).toEqual(afters.map((after) => textAfter(all, after)));
      }),
      { numRuns: 300 },
    );
  });

  const readFrom = (buffer: ReplyBuffer) => async (after: number) => {
    const pieces = await collect(buffer.read(after, here()));
    for (const piece of pieces) if (piece.type === 'text') expect(piece.delta.isWellFormed()).toBe(true);
    return pieces;
  };
});
