import { Logger } from '@nestjs/common';
import { aModel } from '../../test/factories/model';
import { FakeUsageService } from '../../test/fakes/fake-usage.service';
import { newGate } from '../../test/support/gate';
import { standIn } from '../../test/support/stand-in';
import { DomainError } from '../common/errors/domain-error';
import type { ChatModel, PassedChunk } from '../llm/chat-model';
import type { UsageService } from '../usage/usage.service';
import { CompletionCalls, type CallEnd, type Chunk } from './completion-calls';
import { LateWork } from './late-work';
import { RunningCalls } from './running-calls';

Logger.overrideLogger(false); // what fails here fails on purpose

const MODEL = aModel();
const REQUEST = {
  model: MODEL,
  messages: [{ role: 'user' as const, content: 'Hello there' }],
  ...{ stream: true, includeUsage: false, store: false, maxTokens: null, body: {} },
};
const trouble = new Error('connection lost');

const text = (content: string): PassedChunk => ({
  model: MODEL.id,
  data: { choices: [{ index: 0, delta: { content } }] },
});
const usage: PassedChunk = {
  model: MODEL.id,
  data: { choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } },
};

/** Chunks are given, errors thrown, promises waited for until the call is ended. */
type Script = readonly (PassedChunk | Error | Promise<unknown>)[];

async function* play(script: Script, signal: AbortSignal): AsyncGenerator<PassedChunk> {
  for (const part of script) {
    signal.throwIfAborted();
    if (part instanceof Error) throw part;
    if (part instanceof Promise) await Promise.race([part, endOf(signal)]);
    else yield part;
  }
  signal.throwIfAborted();
}

const endOf = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error)),
  );

const callsOf = (...script: Script) => callsThat(true, ...script);

/** @param isSent whether the provider is asked; else the call waits for its turn */
function callsThat(isSent: boolean, ...script: Script) {
  const [fakeUsage, running, ends] = [new FakeUsageService(), new RunningCalls(), [] as CallEnd[]];
  const model: ChatModel = {
    hasRoom: true,
    stream: () => play([], new AbortController().signal) as never,
    passThrough: ({ onSent }, signal) => {
      if (isSent) onSent?.();
      return play(script, signal);
    },
  };
  const outside = {
    translate: (error: unknown) =>
      error === trouble ? new DomainError('database_unavailable', 'It is away.') : null,
  };
  const calls = new CompletionCalls(
    model,
    standIn<UsageService>(fakeUsage),
    running,
    new LateWork(running, outside),
  );
  const begin = (gone: AbortSignal | null = null, request = REQUEST) =>
    calls.begin({ userId: 'ana', request, gone, onEnd: (end) => Promise.resolve(void ends.push(end)) });
  return { usage: fakeUsage, running, ends, begin };
}

const readAll = async (chunks: AsyncIterable<Chunk>) => {
  const seen: Chunk[] = [];
  for await (const chunk of chunks) seen.push(chunk);
  return seen;
};

const spent = (promptTokens: number, completionTokens: number) => ({
  ...{ model: MODEL.id, promptTokens, completionTokens },
});

describe('CompletionCalls', () => {
  it('gives the data of every chunk, and settles with what the provider counts', async () => {
    const { usage: fake, begin, ends } = callsOf(text('Hello'), usage);
    expect(await readAll(await begin())).toEqual([text('Hello').data, usage.data]);
    expect(fake.reserved).toEqual([
      { model: MODEL.id, promptTokens: 2, completionTokens: MODEL.maxOutputTokens },
    ]);
    expect(fake.settled).toEqual([spent(7, 3)]);
    expect(ends).toMatchObject([{ error: null, said: { text: 'Hello' } }]);
  });

  it('settles with an estimate where the provider counts nothing', async () => {
    const { usage: fake, begin } = callsOf(text('Hello'), text(' there'));
    await readAll(await begin());
    expect(fake.settled).toEqual([spent(2, 2)]);
  });

  it('settles with nothing where the provider fails before its first chunk', async () => {
    const failure = new DomainError('model_unavailable', 'It is away.');
    const { usage: fake, begin, ends } = callsOf(failure);
    await expect(readAll(await begin())).rejects.toBe(failure);
    expect(fake.settled).toEqual([null]);
    expect(ends).toMatchObject([{ error: failure, spent: null }]);
  });

  it('settles with what was said where the provider fails later', async () => {
    const failure = new DomainError('model_failed', 'It broke.');
    const { usage: fake, begin, ends } = callsOf(text('Hello'), failure);
    await expect(readAll(await begin())).rejects.toBe(failure);
    expect(fake.settled).toEqual([spent(2, 1)]);
    expect(ends).toMatchObject([{ error: failure }]);
  });

  it('settles once with what was said where its reader leaves', async () => {
    const { usage: fake, begin, ends } = callsOf(text('Hello'), text(' there'));
    const chunks = await begin();
    await chunks.next();
    await chunks.return();
    expect(fake.settled).toEqual([spent(2, 1)]);
    expect(ends).toHaveLength(1);
    expect(ends[0]!.error).not.toBeNull();
  });

  it('ends with its reader, and settles with what it was given where nothing had come', async () => {
    const gone = new AbortController();
    const { usage: fake, begin } = callsOf(newGate().opened);
    const first = (await begin(gone.signal)).next();
    gone.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    expect(fake.settled).toEqual([spent(2, 0)]);
  });

  it('settles with nothing where its reader leaves before the provider is asked', async () => {
    const gone = new AbortController();
    const { usage: fake, begin } = callsThat(false, newGate().opened);
    const first = (await begin(gone.signal)).next();
    gone.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    expect(fake.settled).toEqual([null]);
  });

  it.each([
    ['with what it was given where an answer at once takes too long', false, spent(2, 0)],
    ['with nothing where the first of many chunks does', true, null],
  ])('settles %s', async (_, stream, expected) => {
    const { usage: fake, begin } = callsOf(new DomainError('model_timeout', 'It took too long.'));
    await expect(readAll(await begin(null, { ...REQUEST, stream }))).rejects.toThrow('too long');
    expect(fake.settled).toEqual([expected]);
  });

  it('settles although what is done with the end fails', async () => {
    const { usage: fake, running } = callsOf();
    const model = {
      passThrough: () => play([text('Hello')], new AbortController().signal),
    } as unknown as ChatModel;
    const lateWork = new LateWork(running, { translate: () => null });
    const calls = new CompletionCalls(model, standIn<UsageService>(fake), running, lateWork);
    const onEnd = () => Promise.reject(new Error('not stored'));
    const chunks = await calls.begin({ userId: 'ana', request: REQUEST, gone: null, onEnd });
    await expect(readAll(chunks)).rejects.toThrow('not stored');
    expect(fake.settled).toEqual([spent(2, 1)]);
  });

  describe('while the database is away', () => {
    beforeEach(() => jest.useFakeTimers());
    afterEach(() => jest.useRealTimers());

    it('lets its caller go, and settles when it is back', async () => {
      const { usage: fake, begin } = callsOf(text('Hello'));
      fake.troubles.push(...Array.from({ length: 5 }, () => trouble));
      const read = readAll(await begin());
      await jest.advanceTimersByTimeAsync(1_000);
      await read;
      expect(fake.settled).toEqual([]);
      await jest.advanceTimersByTimeAsync(2_000);
      expect(fake.settled).toEqual([spent(2, 1)]);
    });

    it('gives up on what no waiting mends', async () => {
      const { usage: fake, begin } = callsOf(text('Hello'));
      fake.troubles.push(new Error('a mistake of ours'));
      await readAll(await begin());
      await jest.advanceTimersByTimeAsync(10_000);
      expect(fake.settled).toEqual([]);
    });
  });

  describe('when the process is to end', () => {
    it('begins nothing more', async () => {
      const { usage: fake, running, begin } = callsOf(text('Hello'));
      await running.drain(0);
      await expect(begin()).rejects.toMatchObject({ code: 'draining' });
      expect(fake.reserved).toEqual([]);
    });

    it('waits for what is going on', async () => {
      const gate = newGate();
      const { usage: fake, running, begin } = callsOf(text('Hello'), gate.opened, text(' there'));
      const read = readAll(await begin());
      const drained = running.drain(60_000);
      gate.open();
      await drained;
      expect(fake.settled).toEqual([spent(2, 2)]);
      expect(await read).toHaveLength(2);
    });

    it('breaks off what takes too long, and settles it', async () => {
      const { usage: fake, running, begin, ends } = callsOf(text('Hello'), newGate().opened);
      const read = readAll(await begin());
      const failed = expect(read).rejects.toMatchObject({ code: 'interrupted' });
      await running.drain(1);
      await failed;
      expect(fake.settled).toEqual([spent(2, 1)]);
      expect(ends).toMatchObject([{ error: { code: 'interrupted' } }]);
    });

    it('breaks off what has come too late to be told', async () => {
      const { usage: fake, running, begin } = callsOf(text('Hello'));
      const late = await begin();
      await running.drain(0);
      await expect(late.next()).rejects.toMatchObject({ code: 'interrupted' });
      expect(fake.settled).toEqual([spent(2, 0)]);
    });
  });
});
