import { newId } from '../../common/ids';
import { aTurn } from '../../../test/factories/turn';
import { FakeChatModel } from '../../../test/fakes/fake-chat-model';
import { EngineOnTrial, outage } from '../../../test/support/engine-on-trial';

const SECOND = 1_000;

describe('The sweeper', () => {
  let engine: EngineOnTrial;
  let model: FakeChatModel;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    model = new FakeChatModel('Oslo is cold.');
    engine = new EngineOnTrial(model);
    engine.heartbeat.onApplicationBootstrap();
    engine.sweeper.onApplicationBootstrap();
  });
  afterEach(() => {
    void engine.heartbeat.onModuleDestroy();
    void engine.sweeper.onModuleDestroy();
    jest.useRealTimers();
  });

  const pass = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * SECOND);
  const message = (replyId: string) => engine.replies.message(replyId);
  const interrupted = { status: 'failed', finishReason: 'interrupted', errorCode: 'interrupted' };

  /** Of a process that wrote this much and died long ago. */
  async function orphan(text = ''): Promise<string> {
    const [dead, turn] = [newId(), aTurn(engine.replies.newConversation())];
    const { replyId, conversationId } = turn;
    await engine.replies.open(dead, turn);
    const beat = { replyId, conversationId, fence: 1, from: 0, to: text.length, delta: text };
    await engine.replies.beat(dead, [beat]);
    engine.replies.expire(replyId);
    return replyId;
  }

  it('ends a reply of a dead process as interrupted, its text kept, and calls no model', async () => {
    const replyId = await orphan('Oslo is');
    await pass(8);
    expect(message(replyId)).toMatchObject({ ...interrupted, content: 'Oslo is' });
    expect(model.calls).toEqual([]);
  });

  it('writes a reply anew that nobody can have read of', async () => {
    const replyId = await orphan();
    await pass(8);
    expect(message(replyId)).toMatchObject({ status: 'completed', content: 'Oslo is cold.' });
    expect(model.calls).toHaveLength(1);
  });

  it('writes no reply anew more than once: it may be what brings processes down', async () => {
    const replyId = await orphan();
    await engine.replies.claimExpired(newId(), 100, []); // by a process that then dies as well
    engine.replies.expire(replyId);
    await pass(8);
    expect(message(replyId)).toMatchObject({ ...interrupted, content: '' });
    expect(model.calls).toEqual([]);
  });

  it('leaves what is to be written anew to others while its model has no room, and ends what is not', async () => {
    model.hasRoom = false;
    const [untouched, begun] = [await orphan(), await orphan('Oslo is')];
    await pass(8);
    expect(message(untouched)).toMatchObject({ status: 'pending' });
    expect(message(begun)).toMatchObject(interrupted);
    model.hasRoom = true;
    await pass(2);
    expect(message(untouched)).toMatchObject({ status: 'completed', content: 'Oslo is cold.' });
    expect(model.calls).toHaveLength(1);
  });

  it.each(['', 'Oslo is'])(
    'ends a reply as cancelled that somebody wanted stopped, with %j',
    async (text) => {
      const replyId = await orphan(text);
      await engine.replies.requestCancel(replyId);
      await pass(8);
      expect(message(replyId)).toMatchObject({ status: 'cancelled', content: text });
      expect(model.calls).toEqual([]);
    },
  );

  it('takes nothing over while its process is going away', async () => {
    engine.running.drain();
    const replyId = await orphan('Oslo is');
    await pass(20);
    expect(message(replyId)).toMatchObject({ status: 'pending' });
  });

  it('leaves replies alone until the heartbeat has been steady for five seconds', async () => {
    const replyId = await orphan();
    await pass(4.9);
    expect(message(replyId)).toMatchObject({ status: 'pending' });
  });

  it('leaves replies alone for as long after an outage, so that their owners come first', async () => {
    await pass(10);
    engine.replies.refusal = outage;
    await pass(10);
    engine.replies.refusal = null;
    const replyId = await orphan('Oslo');
    await pass(4.9);
    expect(message(replyId)).toMatchObject({ status: 'pending' });
    await pass(4);
    expect(message(replyId)).toMatchObject(interrupted);
  });

  it('leaves alone what this process is writing, however late its heartbeat', async () => {
    const { reply } = await engine.open();
    await pass(10);
    jest.spyOn(engine.replies, 'beat').mockResolvedValue([]);
    engine.replies.expire(reply.claim.replyId);
    await pass(5);
    expect(message(reply.claim.replyId)).toMatchObject({ status: 'pending' });
  });

  it('comes back to a reply that it has claimed and could not settle', async () => {
    const replyId = await orphan('Oslo');
    jest.spyOn(engine.replies, 'storedText').mockRejectedValueOnce(outage);
    await pass(8);
    expect(message(replyId)).toMatchObject({ status: 'pending' });
    engine.replies.expire(replyId); // the lease that the claim gave it
    await pass(2);
    expect(message(replyId)).toMatchObject({ ...interrupted, content: 'Oslo' });
  });

  it('ends what this process wrote and could not store', async () => {
    await pass(6);
    const { reply, turn } = await engine.open();
    jest.spyOn(engine.replies, 'settle').mockRejectedValueOnce(new Error('refused for good'));
    await engine.generator.generate(reply, turn);
    engine.replies.expire(turn.reply.id);
    await pass(2);
    expect(message(turn.reply.id)).toMatchObject(interrupted);
  });

  it('lets one reply that cannot be settled hold up no other', async () => {
    const replyIds = [await orphan('a'), await orphan('b'), await orphan('c')];
    jest.spyOn(engine.replies, 'settle').mockRejectedValueOnce(new Error('refused for good'));
    await pass(8);
    const left = replyIds.filter((replyId) => message(replyId)!.status === 'pending');
    expect(left).toHaveLength(1);
  });

  it('breaks off when the database goes away, so that nobody who stops the process waits for it', async () => {
    for (let n = 0; n < 5; n++) await orphan('Oslo');
    const asked = jest.spyOn(engine.replies, 'storedText').mockImplementation(async () => {
      engine.replies.refusal = outage;
      await new Promise((resolve) => setTimeout(resolve, 2 * SECOND));
      throw outage;
    });
    await pass(20);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('ends a thousand replies of a dead process in one sweep', async () => {
    await pass(10);
    const replyIds: string[] = [];
    for (let n = 0; n < 1_000; n++) replyIds.push(await orphan('Oslo'));
    await pass(1.5);
    expect(replyIds.filter((replyId) => engine.replies.isRunning(replyId))).toEqual([]);
  });

  it('ends with its module', async () => {
    await pass(6);
    void engine.sweeper.onModuleDestroy();
    const replyId = await orphan();
    await pass(5);
    expect(message(replyId)).toMatchObject({ status: 'pending' });
  });
});
