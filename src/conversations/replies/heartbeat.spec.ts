import { newId } from '../../common/ids';
import { EngineOnTrial, outage } from '../../../test/support/engine-on-trial';
import { newGate } from '../../../test/support/gate';
import type { BeatResult } from './reply.repository';

const SECOND = 1_000;

describe('The heartbeat', () => {
  let engine: EngineOnTrial;

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    engine = new EngineOnTrial(undefined, { REPLY_MAX_CHARS: '5000000' });
    engine.heartbeat.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(0); // the first one comes at once
  });
  afterEach(() => {
    void engine.heartbeat.onModuleDestroy();
    jest.useRealTimers();
  });

  const beats = (count: number) => jest.advanceTimersByTimeAsync(count * SECOND);
  const storedText = (id: string) => engine.replies.storedText(id);

  it('stores what was written since the last one, once a second', async () => {
    const { reply } = await engine.open();
    reply.write('Oslo ');
    await beats(1);
    reply.write('is ');
    reply.write('cold.');
    await beats(1);
    const sent = engine.replies.beats.flat().map(({ from, to, delta }) => [from, to, delta]);
    expect(sent).toEqual([
      [0, 5, 'Oslo '],
      [5, 13, 'is cold.'],
    ]);
  });

  it('beats for a process that writes nothing, too', async () => {
    await beats(3);
    expect(engine.replies.beats).toEqual([[], [], [], []]);
  });

  it('stores a text once though an answer was lost', async () => {
    const { reply } = await engine.open();
    const beat = engine.replies.beat.bind(engine.replies);
    jest.spyOn(engine.replies, 'beat').mockImplementationOnce(async (...sent) => {
      await beat(...sent);
      throw outage;
    });
    reply.write('Oslo ');
    await beats(1);
    reply.write('is cold.');
    await beats(2);
    await expect(storedText(reply.claim.replyId)).resolves.toBe('Oslo is cold.');
  });

  it('waits for the answer to one before it sends another', async () => {
    const gate = newGate();
    engine.replies.wait = gate.opened;
    await beats(10);
    expect(engine.replies.beats).toHaveLength(2);
    engine.replies.wait = null;
    gate.open();
    await beats(1);
    expect(engine.replies.beats).toHaveLength(4);
  });

  it('stops a reply that is lost', async () => {
    const { reply } = await engine.open();
    await engine.replies.takeOver(newId(), reply.claim.replyId);
    await beats(1);
    expect(reply.signal.reason).toMatchObject({ reason: 'lost' });
  });

  it('tries again where somebody held the row', async () => {
    const { reply } = await engine.open();
    const { replyId } = reply.claim;
    const busy: BeatResult[] = [{ replyId, state: 'busy' }];
    jest.spyOn(engine.replies, 'beat').mockResolvedValueOnce(busy);
    reply.write('Oslo');
    await beats(2);
    expect(reply.signal.aborted).toBe(false);
    await expect(storedText(replyId)).resolves.toBe('Oslo');
  });

  it('stops a reply that somebody wants stopped', async () => {
    const { reply } = await engine.open();
    await engine.replies.requestCancel(reply.claim.replyId);
    await beats(1);
    expect(reply.signal.reason).toMatchObject({ reason: 'cancelled' });
  });

  it('goes on after a failure, and stops no reply for it', async () => {
    const { reply } = await engine.open();
    engine.replies.refusal = outage;
    reply.write('Oslo');
    await beats(30);
    engine.replies.refusal = null;
    await beats(1);
    expect(reply.signal.aborted).toBe(false);
    await expect(storedText(reply.claim.replyId)).resolves.toBe('Oslo');
  });

  it('gives a reply up when the database has been away for a minute', async () => {
    const { reply } = await engine.open();
    engine.replies.refusal = outage;
    await beats(60);
    expect(reply.signal.aborted).toBe(false);
    await beats(2);
    expect(reply.signal.reason).toMatchObject({ reason: 'adrift' });
  });

  it('lets nobody read on when it has not come back for seven seconds, until it does', async () => {
    const { reply } = await engine.open();
    reply.write('Oslo ');
    await beats(1);
    const pieces = reply.buffer.read(0, new AbortController().signal);
    await expect(pieces.next()).resolves.toMatchObject({ value: { delta: 'Oslo ' } });
    engine.replies.refusal = outage;
    await beats(7);
    reply.write('is cold.');
    const next = pieces.next();
    const nothing = new Promise((resolve) => setImmediate(resolve, 'nothing'));
    await expect(Promise.race([next, nothing])).resolves.toBe('nothing');
    engine.replies.refusal = null;
    await beats(1);
    await expect(next).resolves.toMatchObject({ value: { delta: 'is cold.' } });
  });

  it('finds the one text that the database does not take, and stores the others', async () => {
    const replies = await Promise.all(Array.from({ length: 5 }, () => engine.open()));
    const beat = engine.replies.beat.bind(engine.replies);
    jest
      .spyOn(engine.replies, 'beat')
      .mockImplementation((owner, sent) =>
        sent.some(({ delta }) => delta === 'bad')
          ? Promise.reject(Object.assign(new Error('invalid byte sequence'), { code: '22021' }))
          : beat(owner, sent),
      );
    for (const [n, { reply }] of replies.entries()) reply.write(n === 3 ? 'bad' : 'good');
    await beats(1);
    const stored = await Promise.all(replies.map(({ reply }) => storedText(reply.claim.replyId)));
    expect(stored).toEqual(['good', 'good', 'good', '', 'good']);
    expect(replies.map(({ reply }) => reply.signal.aborted)).toEqual([false, false, false, true, false]);
    expect(engine.heartbeat.steadyMs).toBeGreaterThan(0);
  });

  it('is steady for as long as every one was answered', async () => {
    const steady: number[] = [];
    for (const [seconds, refusal] of [
      [7, null],
      [1, outage],
      [3, null],
    ] as const) {
      engine.replies.refusal = refusal;
      await beats(seconds);
      steady.push(engine.heartbeat.steadyMs);
    }
    expect(steady).toEqual([7 * SECOND, 0, 2 * SECOND]);
  });

  it('shares very many replies out among several statements', async () => {
    for (let n = 0; n < 2_001; n++) await engine.open();
    await beats(1);
    expect(engine.replies.beats.map(({ length }) => length)).toEqual([0, 2_000, 1]);
  });

  it('shares very much text out among several statements', async () => {
    for (let n = 0; n < 5; n++) (await engine.open()).reply.write('x'.repeat(3_000_000));
    await beats(1);
    expect(engine.replies.beats.map(({ length }) => length)).toEqual([0, 2, 2, 1]);
  });

  it('ends with its module', async () => {
    await beats(1);
    void engine.heartbeat.onModuleDestroy();
    await beats(5);
    expect(engine.replies.beats).toHaveLength(2);
  });
});
