import { getEventListeners } from 'node:events';
import { aMessage } from '../../test/factories/message';
import { collect } from '../../test/support/chat-events';
import { newGate } from '../../test/support/gate';
import type { MessageInTree } from './message.entity';
import { readStored } from './stored-reply';

const here = () => new AbortController().signal;
const text = (delta: string, offset: number) => ({ type: 'text', offset, delta });
const streaming = (content: string) => aMessage({ status: 'streaming', content, finishReason: null });

/** Gives one after the other, and the last one ever after. */
function looking(...seen: readonly (MessageInTree | null)[]) {
  let looks = 0;
  return () => Promise.resolve(seen[Math.min(looks++, seen.length - 1)]!);
}

describe('A stored reply', () => {
  const done = aMessage({ content: 'Oslo is cold.' });

  it('that has ended is given from the offset on, and then how it ended', async () => {
    await expect(collect(readStored(looking(done), 5, here()))).resolves.toEqual([
      text('is cold.', 13),
      { type: 'ended', message: done },
    ]);
  });

  it.each([13, 14, 1_000_000])('is given from %i on as its end alone', async (after) => {
    const pieces = await collect(readStored(looking(done), after, here()));
    expect(pieces).toEqual([{ type: 'ended', message: done }]);
  });

  it('that another process writes is given as it is stored', async () => {
    const look = looking(streaming('Oslo '), streaming('Oslo '), streaming('Oslo is '), done);
    await expect(collect(readStored(look, 0, here()))).resolves.toEqual([
      text('Oslo ', 5),
      text('is ', 8),
      text('cold.', 13),
      { type: 'ended', message: done },
    ]);
  });

  it('that is shorter than what was shown before its writer died is given as its end alone', async () => {
    const interrupted = aMessage({ status: 'failed', content: 'Oslo is ', finishReason: 'interrupted' });
    const pieces = await collect(readStored(looking(streaming('Oslo '), interrupted), 11, here()));
    expect(pieces).toEqual([{ type: 'ended', message: interrupted }]);
  });

  it('is given from the start of a surrogate pair that the offset splits', async () => {
    const cold = aMessage({ content: 'a😀b' });
    const pieces = await collect(readStored(looking(cold), 2, here()));
    expect(pieces[0]).toEqual(text('😀b', 4));
  });

  it('whose conversation is deleted ends', async () => {
    const pieces = await collect(readStored(looking(streaming('Oslo '), null), 0, here()));
    expect(pieces).toEqual([text('Oslo ', 5), { type: 'deleted' }]);
  });

  it('that cannot be looked at fails', async () => {
    const pieces = readStored(() => Promise.reject(new Error('away')), 0, here());
    await expect(collect(pieces)).rejects.toThrow('away');
  });

  it('is looked at no more once its reader has gone, and keeps no listener of it', async () => {
    const [gone, looked] = [new AbortController(), newGate()];
    let looks = 0;
    const look = () => {
      looks += 1;
      looked.open();
      return Promise.resolve(streaming(''));
    };
    const pieces = collect(readStored(look, 0, gone.signal));
    await looked.opened;
    gone.abort();
    await expect(pieces).resolves.toEqual([]);
    expect(looks).toBe(1);
    expect(getEventListeners(gone.signal, 'abort')).toHaveLength(0);
  });
});
