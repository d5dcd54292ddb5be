import fc from 'fast-check';
import { ByteStream, piecesOf } from '../fakes/byte-stream';
import { toBlock } from '../fakes/fake-reply';
import { stopTheClock } from '../fakes/fake-timers';
import { settled } from '../fakes/settled';
import { readEvents, SILENCE_MS } from './event-stream';
import type { ReplyEvent } from './types';

const delta = (text: string, id: number | null): ReplyEvent => ({
  type: 'message.delta',
  messageId: 'm1',
  delta: text,
  id,
});

/** Each of them is something a reader may fall over: several bytes, several units, what lines and fields are made of. */
const character = fc.constantFrom(
  ...[
    'a',
    ' ',
    ':',
    '\n',
    '\r\n',
    '\u2028',
    'å',
    '語',
    '😀',
    '👩‍👧',
    '\ufeff',
    '\0',
    '\ufffd',
    '\ud83d',
    'data: ',
  ],
);
const text = fc.array(character, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));
const place = fc.nat(2_000);

async function readAll(stream: ByteStream): Promise<ReplyEvent[]> {
  const events: ReplyEvent[] = [];
  for await (const event of readEvents(stream.response)) events.push(event);
  return events;
}

describe('The events of an answer', () => {
  it.each(['\n', '\r\n'])('are the same however their bytes are cut, with %j between lines', async (line) => {
    const script = fc.array(fc.tuple(text, fc.boolean()), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(script, fc.array(place, { maxLength: 40 }), async (said, cuts) => {
        const events = said.map(([words], n) => delta(words, n));
        const sent = events.map((event, n) => (said[n]![1] ? ': ping\n\n' : '') + toBlock(event)).join('');
        const stream = new ByteStream(piecesOf(sent.replaceAll('\n', line), cuts));
        expect(await readAll(stream)).toEqual(events);
      }),
    );
  });

  it('are the same when each byte comes alone', async () => {
    const events = [delta('smørrebrød 😀\r\n', 15), delta('語', 16)];
    const sent = events
      .map(toBlock)
      .join(': ping\r\n\r\n')
      .replaceAll(/(?<!\r)\n/g, '\r\n');
    const bytes = new TextEncoder().encode(sent).length;
    const stream = new ByteStream(
      piecesOf(
        sent,
        Array.from({ length: bytes }, (_, n) => n),
      ),
    );
    expect(await readAll(stream)).toEqual(events);
  });

  it('have the id that was sent with them, and no other one', async () => {
    const events = [delta('Oslo', 4), delta(' is', null), delta(' cold', 12)];
    expect(await readAll(new ByteStream(piecesOf(events.map(toBlock).join(''))))).toEqual(events);
  });

  it('come without the comments between them', async () => {
    const sent = `: ping\n\n${toBlock(delta('Oslo', 4))}: ping\n\n: ping\n\n`;
    expect(await readAll(new ByteStream(piecesOf(sent)))).toEqual([delta('Oslo', 4)]);
  });

  it('come one by one, as soon as each is whole', async () => {
    const sent = toBlock(delta('Oslo', 4)) + toBlock(delta(' is cold', 12));
    const events = readEvents(new ByteStream(piecesOf(sent, [sent.length - 3]), 'silence').response);
    expect((await events.next()).value).toEqual(delta('Oslo', 4));
    await events.return(undefined);
  });

  it('leave out the one that was not sent to its end', async () => {
    const sent = toBlock(delta('Oslo', 4)) + toBlock(delta(' is cold', 12)).slice(0, -2);
    expect(await readAll(new ByteStream(piecesOf(sent)))).toEqual([delta('Oslo', 4)]);
  });

  it('close the connection when somebody leaves their loop', async () => {
    const stream = new ByteStream(piecesOf(toBlock(delta('Oslo', 4))), 'silence');
    for await (const event of readEvents(stream.response)) {
      expect([event, stream.cancelled]).toEqual([delta('Oslo', 4), false]);
      break;
    }
    expect(stream.cancelled).toBe(true);
  });

  it('are not read before somebody asks for them', async () => {
    const stream = new ByteStream(piecesOf(toBlock(delta('Oslo', 4))));
    readEvents(stream.response);
    await settled();
    expect(stream.response.bodyUsed).toBe(false);
  });

  it('throw when the connection breaks, after those that came before', async () => {
    const events = readEvents(new ByteStream(piecesOf(toBlock(delta('Oslo', 4))), 'cut').response);
    expect((await events.next()).value).toEqual(delta('Oslo', 4));
    await expect(events.next()).rejects.toThrow('terminated');
  });

  it('throw when something else comes, and close the connection', async () => {
    const stream = new ByteStream(piecesOf('data: <html>\n\n'), 'silence');
    await expect(readAll(stream)).rejects.toThrow(SyntaxError);
    expect(stream.cancelled).toBe(true);
  });
});

describe('A silent connection', () => {
  beforeEach(stopTheClock);
  afterEach(() => void jest.useRealTimers());

  it('is given up, and closed', async () => {
    const stream = new ByteStream(piecesOf(': ping\n\n'), 'silence');
    const outcome = readAll(stream).catch((error: unknown) => error);
    await settled();
    await jest.advanceTimersByTimeAsync(SILENCE_MS);
    expect(await outcome).toEqual(new Error('The connection has gone silent.'));
    expect(stream.cancelled).toBe(true);
  });

  it('is not given up while comments come, however long nothing is said', async () => {
    const pings = Array.from({ length: Math.ceil(SILENCE_MS / 15_000) * 2 }, () => ': ping\n\n');
    let send: (piece: string) => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => void (send = (piece) => controller.enqueue(new TextEncoder().encode(piece))),
    });
    const first = readEvents(new Response(body)).next();
    for (const piece of [...pings, toBlock(delta('Oslo', 4))]) {
      await jest.advanceTimersByTimeAsync(15_000);
      send(piece);
      await settled();
    }
    expect((await first).value).toEqual(delta('Oslo', 4));
  });

  it('leaves no timer behind once it has been read to its end', async () => {
    await readAll(new ByteStream(piecesOf(toBlock(delta('Oslo', 4)))));
    expect(jest.getTimerCount()).toBe(0);
  });
});
