import fc from 'fast-check';
import { newId } from '../../common/ids';
import { RunningReply } from './running-reply';

const aReply = (maxChars: number) =>
  new RunningReply({ replyId: newId(), conversationId: newId(), fence: 1 }, maxChars);

function written(maxChars: number, ...pieces: readonly string[]): RunningReply {
  const reply = aReply(maxChars);
  for (const piece of pieces) reply.write(piece);
  reply.close();
  return reply;
}

describe('A running reply', () => {
  it('takes text up to its limit and knows that there was more', () => {
    const reply = written(8, 'Oslo ', 'is cold.', ' Very.');
    expect([reply.buffer.text, reply.isFull]).toEqual(['Oslo is ', true]);
  });

  it('is not full with exactly as much as it may have', () => {
    const reply = written(13, 'Oslo ', 'is cold.');
    expect([reply.buffer.text, reply.isFull]).toEqual(['Oslo is cold.', false]);
  });

  it('never ends in half a pair, nor goes on behind one that did not fit', () => {
    const reply = written(3, 'ab\ud83d', '\ude00', 'c');
    expect([reply.buffer.text, reply.isFull]).toEqual(['ab', true]);
  });

  it('waits for the second half of a pair', () => {
    const reply = aReply(10);
    reply.write('cold \ud83d');
    expect(reply.buffer.text).toBe('cold ');
    reply.write('\ude00');
    expect(reply.buffer.text).toBe('cold 😀');
  });

  it('closes with a replacement for a half that stayed alone', () => {
    expect(written(10, 'cold \ud83d').buffer.text).toBe('cold \ufffd');
  });

  it('is a beginning of what came, as long as may be, whatever the pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 5 })), fc.nat(12), (pieces, maxChars) => {
        const all = pieces.join('').replaceAll('\0', '\ufffd');
        const reply = written(maxChars, ...pieces);
        expect(all.startsWith(reply.buffer.text)).toBe(true);
        expect(reply.buffer.text.length).toBeGreaterThanOrEqual(Math.min(all.length, maxChars - 1));
        expect(reply.isFull).toBe(reply.buffer.text.length < all.length);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps to the first reason that it is stopped for', () => {
    const reply = aReply(10);
    reply.stop('cancelled');
    reply.stop('interrupted');
    expect(reply.signal.reason).toMatchObject({ reason: 'cancelled' });
  });

  it('tells its end to those who wait for it and to those who read', async () => {
    const reply = written(10, 'Oslo');
    reply.end({ type: 'deleted' });
    await expect(reply.ended).resolves.toEqual({ type: 'deleted' });
    const pieces = reply.buffer.read(4, new AbortController().signal);
    await expect(pieces.next()).resolves.toMatchObject({ value: { type: 'deleted' } });
  });
});
