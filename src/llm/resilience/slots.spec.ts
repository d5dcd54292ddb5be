import { getEventListeners } from 'node:events';
import { Slots } from './slots';

const running = new AbortController().signal;

describe('Slots', () => {
  it('are given in the order that they were asked for', async () => {
    const slots = new Slots(1, 2);
    const order: string[] = [];
    const release = await slots.take(running);
    const second = slots.take(running).then((give) => (order.push('second'), give));
    const third = slots.take(running).then((give) => (order.push('third'), give));
    expect(order).toEqual([]);
    release();
    (await second)();
    (await third)();
    expect(order).toEqual(['second', 'third']);
    await slots.take(running);
    expect(slots.hasRoom).toBe(true);
  });

  it('are refused at once where the queue is full, too, with when to come back', async () => {
    const slots = new Slots(1, 1);
    await slots.take(running);
    expect(slots.hasRoom).toBe(true);
    void slots.take(running);
    expect(slots.hasRoom).toBe(false);
    await expect(slots.take(running)).rejects.toMatchObject({
      code: 'model_unavailable',
      headers: { 'Retry-After': '1' },
    });
  });

  it('leave no place in the queue to one that has left', async () => {
    const slots = new Slots(1, 1);
    const release = await slots.take(running);
    const [caller, gone] = [new AbortController(), new Error('gone')];
    const waiting = slots.take(caller.signal);
    caller.abort(gone);
    await expect(waiting).rejects.toBe(gone);
    const next = slots.take(running);
    release();
    await expect(next).resolves.toBeInstanceOf(Function);
  });

  it('are given back once, however often that is said', async () => {
    const slots = new Slots(1, 0);
    const release = await slots.take(running);
    release();
    release();
    await slots.take(running);
    expect(slots.hasRoom).toBe(false);
  });

  it('are not given to one that has gone before, and leave nothing on the signal of one that stays', async () => {
    const slots = new Slots(1, 1);
    await expect(slots.take(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    const release = await slots.take(running);
    const { signal } = new AbortController();
    const waiting = slots.take(signal);
    release();
    await waiting;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
