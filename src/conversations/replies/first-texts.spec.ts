import { EngineOnTrial, outage } from '../../../test/support/engine-on-trial';
import { FakeChatModel, silence } from '../../../test/fakes/fake-chat-model';
import { newGate } from '../../../test/support/gate';
import { waitUntil } from '../../../test/support/wait-until';
import type { BeatResult } from './reply.repository';

describe('The first text of a reply', () => {
  let engine: EngineOnTrial;

  beforeEach(() => (engine = new EngineOnTrial(new FakeChatModel('Oslo ', 'is ', silence))));
  afterEach(() => {
    for (const reply of engine.running.all()) reply.stop('deleted');
  });

  /** A reply whose model has said all that it will. */
  async function begun() {
    const { reply, turn } = await engine.open();
    void engine.generator.generate(reply, turn);
    return reply;
  }

  it('is read by nobody before it is stored', async () => {
    const gate = newGate();
    engine.replies.wait = gate.opened;
    const opening = engine.open();
    engine.replies.wait = null;
    gate.open();
    const { reply, turn } = await opening;
    const stored = newGate();
    engine.replies.wait = stored.opened;
    void engine.generator.generate(reply, turn);
    await waitUntil(() => reply.buffer.text === 'Oslo is ', 'the text in memory');
    const next = reply.buffer.read(0, new AbortController().signal).next();
    await expect(Promise.race([next, new Promise((done) => setImmediate(done, 'nothing'))])).resolves.toBe(
      'nothing',
    );
    engine.replies.wait = null;
    stored.open();
    await expect(next).resolves.toMatchObject({ value: { type: 'text', delta: 'Oslo is ' } });
  });

  it('waits for the heartbeat where nobody reads, and for nobody once somebody does', async () => {
    const { reply, turn } = await engine.open();
    reply.isRead = false;
    void engine.generator.generate(reply, turn);
    await waitUntil(() => reply.buffer.text === 'Oslo is ', 'the text in memory');
    expect(engine.replies.beats).toEqual([]);
    const pieces = engine.service.read(reply.claim.replyId, 0, new AbortController().signal);
    const next = pieces[Symbol.asyncIterator]().next();
    await expect(next).resolves.toMatchObject({ value: { type: 'text', delta: 'Oslo is ' } });
    expect(engine.replies.beats).toHaveLength(1);
  });

  it('goes with that of others into one statement while one is under way', async () => {
    const gate = newGate();
    const first = await begun();
    await engine.untilText(first, 'Oslo is ');
    const opened = await Promise.all(Array.from({ length: 21 }, () => engine.open()));
    engine.replies.beats.length = 0;
    engine.replies.wait = gate.opened;
    for (const { reply, turn } of opened) void engine.generator.generate(reply, turn);
    await waitUntil(() => opened.every(({ reply }) => reply.buffer.text !== ''), 'all texts in memory');
    engine.replies.wait = null;
    gate.open();
    await Promise.all(opened.map(({ reply }) => engine.untilText(reply, 'Oslo is ')));
    expect(engine.replies.beats.map(({ length }) => length)).toEqual([1, 20]);
  });

  it('is tried again soon where somebody holds the row', async () => {
    const beat = jest.spyOn(engine.replies, 'beat');
    beat.mockImplementationOnce((_owner, [{ replyId } = { replyId: '' }]) =>
      Promise.resolve<BeatResult[]>([{ replyId, state: 'busy' }]),
    );
    await engine.untilText(await begun(), 'Oslo is ');
    expect(beat).toHaveBeenCalledTimes(2);
  });

  it('is left to the heartbeat where the database does not answer', async () => {
    jest.spyOn(engine.replies, 'beat').mockRejectedValueOnce(outage);
    const reply = await begun();
    await waitUntil(() => reply.buffer.text === 'Oslo is ', 'the text in memory');
    engine.heartbeat.onApplicationBootstrap();
    await engine.untilText(reply, 'Oslo is ');
    await engine.heartbeat.onModuleDestroy();
  });
});
