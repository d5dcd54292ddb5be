import { Inbox } from './inbox';

describe('Inbox', () => {
  const frame = (text: string) => ({ data: Buffer.from(text), isBinary: false });

  /** A socket that can be paused, and takes that end when the test says so. */
  function open() {
    const socket = {
      isPaused: false,
      pause: () => void (socket.isPaused = true),
      resume: () => void (socket.isPaused = false),
    };
    const [taken, done]: [string[], (() => void)[]] = [[], []];
    const emptied: boolean[] = [];
    const inbox: Inbox = new Inbox(
      socket,
      ({ data }) => {
        taken.push(data.toString());
        return new Promise((resolve) => done.push(resolve));
      },
      () => emptied.push(inbox.isEmpty),
    );
    const finishOne = async () => {
      done.shift()!();
      await new Promise(setImmediate);
    };
    return { socket, inbox, taken, emptied, finishOne };
  }

  it('takes frames in order, the next one when the last one is done', async () => {
    const { inbox, taken, emptied, finishOne } = open();
    for (const text of ['a', 'b', 'c']) inbox.put(frame(text));
    await new Promise(setImmediate);
    expect(taken).toEqual(['a']);
    await finishOne();
    expect(taken).toEqual(['a', 'b']);
    await finishOne();
    await finishOne();
    expect([taken, emptied]).toEqual([
      ['a', 'b', 'c'],
      [false, false, true],
    ]);
  });

  it('reads no further while too many wait, and goes on when half of them are done', async () => {
    const { inbox, socket, finishOne } = open();
    for (let n = 0; n < 31; n++) inbox.put(frame(String(n)));
    expect(socket.isPaused).toBe(false);
    inbox.put(frame('one more'));
    expect(socket.isPaused).toBe(true);
    await new Promise(setImmediate);
    for (let n = 0; n < 16; n++) await finishOne();
    expect(socket.isPaused).toBe(true);
    await finishOne();
    expect(socket.isPaused).toBe(false);
  });
});
