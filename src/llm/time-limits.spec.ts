import { getEventListeners } from 'node:events';
import { FakeChatModel, silence } from '../../test/fakes/fake-chat-model';
import { collect, collectText, collectUntilError } from '../../test/support/chat-events';
import { newGate } from '../../test/support/gate';
import type { ChatEvent } from './chat-model';
import { withTimeLimits } from './time-limits';

const limits = { firstTokenTimeoutMs: 30_000, idleTimeoutMs: 10_000, totalTimeoutMs: 60_000 };
const request = { model: 'any/model', turns: [] };
const progress = { type: 'progress' } as const;
const text = { type: 'text', text: 'Hi' } as const;

describe('withTimeLimits', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const call = (model: FakeChatModel, own = {}, signal = new AbortController().signal) =>
    withTimeLimits((end) => model.stream(request, end), { ...limits, ...own }, signal);

  it('hands on what comes in time', async () => {
    const events = await collect(call(new FakeChatModel('Hi', progress, ' there')));
    expect(collectText(events)).toBe('Hi there');
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop', usage: null });
  });

  it.each([
    ['a first sign of life', [silence], 30_000, ''],
    ['a further one after text', ['Hi', silence], 10_000, 'Hi'],
    ['a further one after progress', [progress, silence], 10_000, ''],
  ])('ends a call that keeps it waiting for %s', async (_, script, timeoutMs, said) => {
    const model = new FakeChatModel(...script);
    const reading = collectUntilError(call(model));
    await pass(timeoutMs - 1);
    expect(jest.getTimerCount()).toBeGreaterThan(0);
    await pass(1);
    await expect(reading).resolves.toMatchObject({ text: said, error: { code: 'model_timeout' } });
    await model.calls[0]?.ended;
  });

  it('lets every event start the wait anew', async () => {
    const gates = [newGate(), newGate(), newGate()];
    const script = gates.flatMap(({ opened }, n) => [opened, n === 1 ? progress : `${n} `]);
    const reading = collect(call(new FakeChatModel(...script)));
    for (const { open } of gates) {
      await pass(9_999);
      open();
      await pass(0);
    }
    expect(collectText(await reading)).toBe('0 2 ');
  });

  it('ends a call that takes too long in all, however lively', async () => {
    const endless = async function* (): AsyncGenerator<ChatEvent> {
      while (true) yield await Promise.resolve(text);
    };
    const events = withTimeLimits(endless, limits, new AbortController().signal);
    for (let passedMs = 0; passedMs < 60_000; passedMs += 5_000) {
      await events.next();
      await pass(5_000);
    }
    await expect(events.next()).rejects.toMatchObject({ code: 'model_timeout' });
  });

  it('does not count the time that its reader takes as silence', async () => {
    const events = call(new FakeChatModel('Hi', ' there'));
    await events.next();
    await pass(20_000);
    await expect(events.next()).resolves.toMatchObject({ value: { text: ' there' } });
    await events.return(undefined);
  });

  it('takes limits longer than a timer can be', async () => {
    const tenYearsMs = 10 * 365 * 86_400_000;
    const waiting = newGate();
    const own = { firstTokenTimeoutMs: tenYearsMs, totalTimeoutMs: tenYearsMs };
    const reading = collect(call(new FakeChatModel(waiting.opened, 'Hi'), own));
    await pass(86_400_000);
    waiting.open();
    expect(collectText(await reading)).toBe('Hi');
  });

  it("throws the caller's reason when the caller ends it", async () => {
    const [caller, gone] = [new AbortController(), new Error('the caller has gone')];
    const model = new FakeChatModel('Hi', silence);
    const reading = collectUntilError(call(model, {}, caller.signal));
    await pass(5);
    caller.abort(gone);
    await expect(reading).resolves.toEqual({ text: 'Hi', error: gone });
    await model.calls[0]?.ended;
  });

  it("leaves nothing behind on the caller's signal", async () => {
    const { signal } = new AbortController();
    await collect(call(new FakeChatModel('Hi'), {}, signal));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('starts no call for a caller that has gone', async () => {
    const gone = new Error('the caller has gone');
    const model = new FakeChatModel('Hi');
    await expect(collect(call(model, {}, AbortSignal.abort(gone)))).rejects.toBe(gone);
    expect(model.calls).toEqual([]);
  });

  it("throws the model's own error as it is", async () => {
    const broken = new Error('broken');
    const reading = collectUntilError(call(new FakeChatModel('Hi', broken)));
    await expect(reading).resolves.toEqual({ text: 'Hi', error: broken });
  });

  it('throws what the start of the call throws', async () => {
    const broken = new Error('broken');
    const start = () => {
      throw broken;
    };
    await expect(collect(withTimeLimits(start, limits, new AbortController().signal))).rejects.toBe(broken);
  });

  describe('with a model that is hard to stop', () => {
    const deaf = (next: () => Promise<IteratorResult<ChatEvent>>) => {
      const returned = newGate();
      const iterator = { next, return: () => (returned.open(), Promise.reject(new Error('too late'))) };
      return { returned, start: () => ({ [Symbol.asyncIterator]: () => iterator }) };
    };

    it('ends at its limit all the same, and lets go of the call', async () => {
      const { start, returned } = deaf(() => new Promise(() => undefined));
      const reading = collectUntilError(withTimeLimits(start, limits, new AbortController().signal));
      await pass(30_000);
      await expect(reading).resolves.toMatchObject({ error: { code: 'model_timeout' } });
      await returned.opened;
    });

    it('ends the call by its signal where the reader leaves and there is no other way', async () => {
      let end: AbortSignal | undefined;
      const next = () => Promise.resolve({ done: false, value: text } as const);
      const start = (signal: AbortSignal) => {
        end = signal;
        return { [Symbol.asyncIterator]: () => ({ next }) };
      };
      const events = withTimeLimits(start, limits, new AbortController().signal);
      await events.next();
      await events.return(undefined);
      expect(end?.aborted).toBe(true);
    });

    it('minds neither what comes nor what fails after that', async () => {
      let fail: (error: Error) => void = () => undefined;
      const { start } = deaf(() => new Promise((_, reject) => (fail = reject)));
      const reading = collectUntilError(withTimeLimits(start, limits, new AbortController().signal));
      await pass(30_000);
      fail(new Error('too late'));
      await expect(reading).resolves.toMatchObject({ error: { code: 'model_timeout' } });
    });

    it('does not wait for more after the finish', async () => {
      const finish = { type: 'finish', reason: 'stop', usage: null } as const;
      const events: ChatEvent[] = [text, finish];
      const { start } = deaf(async () => {
        const value = events.shift();
        return value ? { done: false, value } : new Promise(() => undefined);
      });
      const seen = await collect(withTimeLimits(start, limits, new AbortController().signal));
      expect(seen).toEqual([text, finish]);
    });
  });
});
