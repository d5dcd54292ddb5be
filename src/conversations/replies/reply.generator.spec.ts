import { DomainError } from '../../common/errors/domain-error';
import { newId } from '../../common/ids';
import type { ChatModel } from '../../llm/chat-model';
import { FakeChatModel, silence } from '../../../test/fakes/fake-chat-model';
import { EngineOnTrial, outage } from '../../../test/support/engine-on-trial';
import { newGate } from '../../../test/support/gate';
import type { StopReason } from './running-reply';

const USAGE = { promptTokens: 9, completionTokens: 3, totalTokens: 12 };

describe('The generator', () => {
  /** Writes one reply from its beginning to its end. */
  async function write(model: ChatModel, environment: Record<string, string> = {}) {
    const engine = new EngineOnTrial(model, environment);
    const { reply, turn } = await engine.open();
    await engine.generator.generate(reply, turn);
    expect(engine.running.all()).toEqual([]);
    return { engine, reply, outcome: await reply.ended, stored: engine.replies.message(turn.reply.id) };
  }

  /** Writes one reply and stops it once the model has fallen silent. */
  async function stop(reason: StopReason) {
    const model = new FakeChatModel('Oslo ', 'is', silence);
    const engine = new EngineOnTrial(model);
    const { reply, turn } = await engine.open();
    const written = engine.generator.generate(reply, turn);
    await engine.untilText(reply, 'Oslo is');
    reply.stop(reason);
    await written;
    await model.calls[0]!.ended;
    return { outcome: await reply.ended, stored: engine.replies.message(turn.reply.id) };
  }

  it('stores the whole answer, why it ended and what it cost', async () => {
    const finish = { type: 'finish', reason: 'content_filter', usage: USAGE } as const;
    const { outcome, stored } = await write(new FakeChatModel('Oslo ', 'is cold.', finish));
    expect(stored).toMatchObject({ status: 'completed', content: 'Oslo is cold.', errorCode: null });
    expect(stored).toMatchObject({ finishReason: 'content_filter', promptTokens: 9, completionTokens: 3 });
    expect(outcome).toEqual({ type: 'ended', message: stored });
  });

  it.each(['model_failed', 'model_unavailable', 'model_timeout'] as const)(
    'keeps what was said before %s',
    async (code) => {
      const { stored } = await write(new FakeChatModel('Oslo ', 'is', new DomainError(code, 'It failed.')));
      expect(stored).toMatchObject({ status: 'failed', finishReason: 'error', content: 'Oslo is' });
      expect(stored).toMatchObject({ errorCode: code, errorDetail: 'It failed.' });
    },
  );

  it('tells nobody what an error said that is none of ours', async () => {
    const { stored } = await write(new FakeChatModel('Oslo', new Error('sk-canary')));
    expect(stored).toMatchObject({ status: 'failed', content: 'Oslo', errorCode: 'model_failed' });
    expect(JSON.stringify(stored)).not.toContain('canary');
  });

  it('takes a model that ends without saying so for one that failed', async () => {
    async function* quiet() {
      yield await Promise.resolve({ type: 'text', text: 'Oslo' } as const);
    }
    const model = Object.assign(new FakeChatModel(), { stream: quiet });
    const { stored } = await write(model);
    expect(stored).toMatchObject({ status: 'failed', content: 'Oslo', errorCode: 'model_failed' });
  });

  it('cuts an answer that is too long, and ends the call', async () => {
    const model = new FakeChatModel('Oslo is ', 'cold.', silence);
    const { stored } = await write(model, { REPLY_MAX_CHARS: '10' });
    expect(stored).toMatchObject({ status: 'completed', finishReason: 'length', content: 'Oslo is co' });
    await model.calls[0]!.ended;
  });

  it('does not call an answer cut that fits exactly', async () => {
    const { stored } = await write(new FakeChatModel('Oslo is ', 'cold.'), { REPLY_MAX_CHARS: '13' });
    expect(stored).toMatchObject({ finishReason: 'stop', content: 'Oslo is cold.' });
  });

  it('says of an answer that it was cut when only its last half of a pair was too much', async () => {
    const { stored } = await write(new FakeChatModel('Oslo is co\ud83d'), { REPLY_MAX_CHARS: '10' });
    expect(stored).toMatchObject({ finishReason: 'length', content: 'Oslo is co' });
  });

  it.each([
    ['cancelled', { status: 'cancelled', finishReason: 'cancelled', errorCode: null }],
    ['interrupted', { status: 'failed', finishReason: 'interrupted', errorCode: 'interrupted' }],
  ] as const)('stores a %s reply with its text so far, and ends the call', async (reason, end) => {
    const { outcome, stored } = await stop(reason);
    expect(stored).toMatchObject({ ...end, content: 'Oslo is' });
    expect(outcome).toEqual({ type: 'ended', message: stored });
  });

  it.each(['lost', 'deleted'] as const)('stores nothing of a %s reply, and ends the call', async (reason) => {
    const { outcome, stored } = await stop(reason);
    expect(stored).toMatchObject({ status: 'pending', content: '' });
    expect(outcome).toEqual({ type: reason });
  });

  it('calls no model for a reply that was stopped before', async () => {
    const model = new FakeChatModel('Oslo');
    const engine = new EngineOnTrial(model);
    const { reply, turn } = await engine.open();
    reply.stop('cancelled');
    await engine.generator.generate(reply, turn);
    expect(engine.replies.message(turn.reply.id)).toMatchObject({ status: 'cancelled', content: '' });
    expect(model.calls).toEqual([]);
  });

  it('lets a reply be lost that is no longer ours to settle', async () => {
    const gate = newGate();
    const engine = new EngineOnTrial(new FakeChatModel('Oslo', gate.opened));
    const { reply, turn } = await engine.open();
    const written = engine.generator.generate(reply, turn);
    await engine.replies.takeOver(newId(), turn.reply.id);
    gate.open();
    await written;
    await expect(reply.ended).resolves.toEqual({ type: 'lost' });
    expect(engine.replies.message(turn.reply.id)).toMatchObject({ status: 'pending' });
  });
});

describe('The generator in trouble with the database', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());

  /** Writes a reply while the database is away, from the start or from when the model has answered. */
  async function writeDuringOutage(engine: EngineOnTrial, parts: { parentId?: string } = {}) {
    const { reply, turn } = await engine.open(parts);
    engine.replies.refusal = outage;
    const written = engine.generator.generate(reply, turn);
    await jest.advanceTimersByTimeAsync(60_000);
    return { reply, written, stored: () => engine.replies.message(turn.reply.id) };
  }

  it('goes on offering the whole answer until it is stored', async () => {
    const engine = new EngineOnTrial(new FakeChatModel('Oslo is cold.'));
    const { reply, written, stored } = await writeDuringOutage(engine);
    expect(engine.running.all()).toEqual([reply]);
    engine.replies.refusal = null;
    await jest.advanceTimersByTimeAsync(500);
    await written;
    expect(stored()).toMatchObject({ status: 'completed', content: 'Oslo is cold.' });
  });

  it('takes a cancelled reply for cancelled, whatever failed besides', async () => {
    const engine = new EngineOnTrial(new FakeChatModel('Oslo is cold.'));
    const { reply, turn } = await engine.open({ parentId: newId() });
    engine.replies.refusal = outage;
    const written = engine.generator.generate(reply, turn);
    reply.stop('cancelled');
    await jest.advanceTimersByTimeAsync(1_000);
    engine.replies.refusal = null;
    await jest.advanceTimersByTimeAsync(500);
    await written;
    expect(engine.replies.message(turn.reply.id)).toMatchObject({ status: 'cancelled' });
  });

  it('lets a reply be lost that the database refuses for good', async () => {
    const engine = new EngineOnTrial(new FakeChatModel('Oslo is cold.'));
    const { reply, turn } = await engine.open();
    engine.replies.refusal = Object.assign(new Error('out of range'), { code: '22003' });
    await engine.generator.generate(reply, turn);
    await expect(reply.ended).resolves.toEqual({ type: 'lost' });
    expect(engine.running.all()).toEqual([]);
  });
});
