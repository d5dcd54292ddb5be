import { newId } from '../../common/ids';
import { aTurn } from '../../../test/factories/turn';
import { FakeChatModel, silence } from '../../../test/fakes/fake-chat-model';
import { EngineOnTrial, outage } from '../../../test/support/engine-on-trial';
import { newGate } from '../../../test/support/gate';
import { waitUntil } from '../../../test/support/wait-until';

describe('A turn', () => {
  it('is stored before any model is called', async () => {
    const [model, gate] = [new FakeChatModel('Oslo'), newGate()];
    const engine = new EngineOnTrial(model);
    engine.replies.wait = gate.opened;
    const started = engine.service.start(aTurn(engine.replies.newConversation()));
    expect(model.calls).toEqual([]);
    gate.open();
    const { running, reply } = await started;
    await running.ended;
    expect(engine.replies.message(reply.id)).toMatchObject({ status: 'completed', content: 'Oslo' });
  });

  it('that is refused leaves nothing running and calls no model', async () => {
    const model = new FakeChatModel('Oslo');
    const { service, replies, running } = new EngineOnTrial(model);
    replies.refusal = outage;
    await expect(service.start(aTurn(replies.newConversation()))).rejects.toBe(outage);
    expect([running.all(), model.calls]).toEqual([[], []]);
  });
});

describe('A reply whose turn is on its way into the database', () => {
  /** Its rows are there, and the database has not said so yet. */
  async function onItsWay() {
    const [model, stored, answered] = [new FakeChatModel('Oslo', silence), newGate(), newGate()];
    const engine = new EngineOnTrial(model);
    const open = engine.replies.open.bind(engine.replies);
    let replyId = '';
    jest.spyOn(engine.replies, 'open').mockImplementation(async (owner, turn) => {
      const opened = await open(owner, turn);
      replyId = turn.replyId;
      stored.open();
      await answered.opened;
      if (engine.replies.refusal) throw engine.replies.refusal;
      return opened;
    });
    const { conversationId, ...turn } = aTurn(engine.replies.newConversation());
    const started = engine.service.start({ ...turn, conversationId });
    await stored.opened;
    return { engine, model, conversationId, replyId, started, answer: answered.open };
  }

  it('can be cancelled, and no model is called', async () => {
    const { engine, model, replyId, answer } = await onItsWay();
    const cancelled = engine.service.cancel(replyId);
    answer();
    await cancelled;
    expect(engine.replies.message(replyId)).toMatchObject({ status: 'cancelled', content: '' });
    expect(model.calls).toEqual([]);
  });

  it('ends with its conversation, and no model is called', async () => {
    const { engine, model, conversationId, replyId, started, answer } = await onItsWay();
    engine.replies.deleteConversation(conversationId);
    engine.service.forget([replyId]);
    answer();
    await expect((await started).running.ended).resolves.toEqual({ type: 'deleted' });
    expect(model.calls).toEqual([]);
  });

  it('is waited for by a drain, and left to another process', async () => {
    const { engine, model, replyId, answer } = await onItsWay();
    const drained = engine.service.drain(0);
    await waitUntil(() => engine.running.all().every(({ signal }) => signal.aborted), 'the end of the drain');
    answer();
    await drained;
    const [expired] = await engine.replies.claimExpired(newId(), 100, []);
    expect(expired).toMatchObject({ replyId, attempts: 1, hasText: false });
    expect(model.calls).toEqual([]);
  });

  it('has no heartbeat yet, which would find nothing and stop it', async () => {
    const { engine, answer } = await onItsWay();
    engine.heartbeat.onApplicationBootstrap();
    await waitUntil(() => engine.replies.beats.length > 0, 'a beat');
    void engine.heartbeat.onModuleDestroy();
    expect(engine.replies.beats).toEqual([[]]);
    answer();
    await engine.service.drain(0);
  });

  it('lets nobody wait for ever when the answer is lost', async () => {
    const { engine, replyId, started, answer } = await onItsWay();
    const cancelled = engine.service.cancel(replyId);
    engine.replies.refusal = outage;
    answer();
    await expect(started).rejects.toBe(outage);
    await expect(cancelled).rejects.toBe(outage);
    expect(engine.running.all()).toEqual([]);
  });
});

describe('Cancelling', () => {
  it('keeps the text so far and ends the call', async () => {
    const model = new FakeChatModel('Oslo ', 'is', silence);
    const engine = new EngineOnTrial(model);
    const { service, replies } = engine;
    const { running, reply } = await service.start(aTurn(replies.newConversation()));
    await engine.untilText(running, 'Oslo is');
    await service.cancel(reply.id);
    expect(replies.message(reply.id)).toMatchObject({ status: 'cancelled', content: 'Oslo is' });
    await model.calls[0]!.ended;
  });

  it('changes nothing of a reply that has ended', async () => {
    const { service, replies } = new EngineOnTrial(new FakeChatModel('Oslo'));
    const { running, reply } = await service.start(aTurn(replies.newConversation()));
    await running.ended;
    await service.cancel(reply.id);
    expect(replies.message(reply.id)).toMatchObject({ status: 'completed', content: 'Oslo' });
  });
});

describe('Cancelling a reply of another process', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());

  /** Two processes on one database, one of which writes a reply. */
  async function twoProcesses() {
    const owner = new EngineOnTrial(new FakeChatModel('Oslo ', 'is', silence));
    const other = new EngineOnTrial(new FakeChatModel('Bergen'), {}, owner);
    for (const { heartbeat, quickBeat, remote } of [owner, other])
      for (const part of [heartbeat, quickBeat, remote]) part.onApplicationBootstrap();
    const { running, reply } = await owner.service.start(aTurn(owner.replies.newConversation()));
    await owner.untilText(running, 'Oslo is');
    const stop = () => {
      for (const { heartbeat, quickBeat, remote } of [owner, other])
        for (const part of [heartbeat, quickBeat, remote]) void part.onModuleDestroy();
    };
    return { owner, other, reply, message: () => owner.replies.message(reply.id), stop };
  }

  it('is done by that process within half a second, and its whole text is kept', async () => {
    const { other, reply, message, stop } = await twoProcesses();
    await jest.advanceTimersByTimeAsync(1_000); // so that no text waits to be stored
    const cancelled = other.service.cancel(reply.id);
    await jest.advanceTimersByTimeAsync(500);
    await cancelled;
    expect(message()).toMatchObject({ status: 'cancelled', content: 'Oslo is' });
    stop();
  });

  it('is done in its place when it does not come round to it, with the text that it has stored', async () => {
    const { owner, other, reply, message, stop } = await twoProcesses();
    await jest.advanceTimersByTimeAsync(1_000);
    for (const part of [owner.heartbeat, owner.quickBeat]) void part.onModuleDestroy(); // as if it had died
    const cancelled = other.service.cancel(reply.id);
    await jest.advanceTimersByTimeAsync(2_900);
    expect(message()).toMatchObject({ status: 'pending' });
    await jest.advanceTimersByTimeAsync(200);
    await cancelled;
    expect(message()).toMatchObject({ status: 'cancelled', content: 'Oslo is' });
    stop();
  });
});

describe('A drain', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());

  it('lets replies end in the time that it has', async () => {
    const gate = newGate();
    const { service, replies } = new EngineOnTrial(new FakeChatModel('Oslo ', gate.opened, 'is cold.'));
    const { reply } = await service.start(aTurn(replies.newConversation()));
    const drained = service.drain(15_000);
    await jest.advanceTimersByTimeAsync(14_000);
    gate.open();
    await drained;
    expect(replies.message(reply.id)).toMatchObject({ status: 'completed', content: 'Oslo is cold.' });
  });

  it('interrupts replies that take longer, and keeps their text', async () => {
    const { service, replies } = new EngineOnTrial(new FakeChatModel('Oslo ', silence));
    const { reply } = await service.start(aTurn(replies.newConversation()));
    const drained = service.drain(15_000);
    await jest.advanceTimersByTimeAsync(15_000);
    await drained;
    expect(replies.message(reply.id)).toMatchObject({ finishReason: 'interrupted', content: 'Oslo ' });
  });

  it('leaves replies without text to another process at once, which has as many attempts as before', async () => {
    const [leaving, staying] = [new EngineOnTrial(new FakeChatModel(silence)), new EngineOnTrial()];
    const { running, reply } = await leaving.service.start(aTurn(leaving.replies.newConversation()));
    const drained = leaving.service.drain(15_000);
    await jest.advanceTimersByTimeAsync(15_000);
    await drained;
    await expect(running.ended).resolves.toEqual({ type: 'lost' });
    const [claim] = await leaving.replies.claimExpired(staying.running.owner, 100, []);
    expect(claim).toMatchObject({ replyId: reply.id, attempts: 1, hasText: false });
  });

  it('sends readers of replies that run elsewhere away', async () => {
    const owner = new EngineOnTrial(new FakeChatModel('Oslo', silence));
    const leaving = new EngineOnTrial(undefined, {}, owner);
    const { reply } = await owner.service.start(aTurn(owner.replies.newConversation()));
    const pieces = leaving.service.read(reply.id, 100, new AbortController().signal)[Symbol.asyncIterator]();
    const next = pieces.next();
    await leaving.service.drain(0);
    await expect(next).resolves.toEqual({ done: false, value: { type: 'lost' } });
  });

  it('takes no new turns', async () => {
    const { service, replies } = new EngineOnTrial();
    await service.drain(0);
    const started = service.start(aTurn(replies.newConversation()));
    await expect(started).rejects.toMatchObject({ code: 'draining' });
  });

  it('ends though the database is away, and then offers it nothing more', async () => {
    const engine = new EngineOnTrial(new FakeChatModel('Oslo'));
    const { running } = await engine.service.start(aTurn(engine.replies.newConversation()));
    engine.replies.refusal = outage;
    const drained = engine.service.drain(15_000);
    await jest.advanceTimersByTimeAsync(20_000);
    await drained;
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(running.ended).resolves.toEqual({ type: 'lost' });
    expect(jest.getTimerCount()).toBe(0);
  });
});
