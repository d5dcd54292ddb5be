import { newId } from '../../common/ids';
import { aTurn } from '../../../test/factories/turn';
import { EngineOnTrial, outage } from '../../../test/support/engine-on-trial';
import { newGate } from '../../../test/support/gate';
import { INTERRUPTED } from './reply.generator';
import type { ReplyPiece } from './reply.buffer';

const here = () => new AbortController().signal;

describe('A reader of a reply that another process writes', () => {
  let engine: EngineOnTrial;
  const elsewhere = newId();

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    engine = new EngineOnTrial();
    engine.remote.onApplicationBootstrap();
  });
  afterEach(() => {
    void engine.remote.onModuleDestroy();
    jest.useRealTimers();
  });

  const looks = (count: number) => jest.advanceTimersByTimeAsync(count * 250);

  /** A reply of another process, which goes on with `write` and ends with `settle`. */
  async function aReply() {
    const turn = aTurn(engine.replies.newConversation());
    const { replyId, conversationId } = turn;
    const claim = { replyId, conversationId, fence: 1 };
    await engine.replies.open(elsewhere, turn);
    let text = '';
    const write = (delta: string) => {
      const from = text.length;
      text += delta;
      return engine.replies.beat(elsewhere, [{ ...claim, from, to: text.length, delta }]);
    };
    const settle = () => engine.replies.settle(elsewhere, claim, text, INTERRUPTED);
    return { replyId, conversationId, write, settle };
  }

  /** What a reader has got so far. */
  function reading(replyId: string, after = 0, gone = here()): ReplyPiece[] {
    const pieces: ReplyPiece[] = [];
    void (async () => {
      for await (const piece of engine.remote.read(replyId, after, gone)) pieces.push(piece);
    })();
    return pieces;
  }

  it('gets what is stored at once, what comes at the next look, and the end', async () => {
    const { replyId, write, settle } = await aReply();
    await write('Oslo ');
    const pieces = reading(replyId);
    await looks(0);
    expect(pieces).toEqual([{ type: 'text', offset: 5, delta: 'Oslo ' }]);
    await write('is ');
    await write('cold.');
    await looks(1);
    expect(pieces.slice(1)).toEqual([{ type: 'text', offset: 13, delta: 'is cold.' }]);
    const message = await settle();
    await looks(1);
    expect(pieces.slice(2)).toEqual([{ type: 'ended', message }]);
  });

  it('gets what was never in between, when the reply ends before the next look', async () => {
    const { replyId, write, settle } = await aReply();
    const pieces = reading(replyId);
    await looks(0);
    await write('Oslo');
    const message = await settle();
    await looks(1);
    expect(pieces).toEqual([
      { type: 'text', offset: 4, delta: 'Oslo' },
      { type: 'ended', message },
    ]);
  });

  it('gets a reply that has ended long ago', async () => {
    const { replyId, write, settle } = await aReply();
    await write('Oslo');
    const message = await settle();
    const pieces = reading(replyId, 2);
    await looks(0);
    expect(pieces).toEqual([
      { type: 'text', offset: 4, delta: 'lo' },
      { type: 'ended', message },
    ]);
  });

  it('is told when the conversation is gone', async () => {
    const { replyId, conversationId } = await aReply();
    const pieces = reading(replyId);
    await looks(1);
    engine.replies.deleteConversation(conversationId);
    await looks(1);
    expect(pieces).toEqual([{ type: 'deleted' }]);
  });

  it('gets nothing twice when two looks are under way at once', async () => {
    const { replyId, write } = await aReply();
    await write('Oslo');
    const first = reading(replyId);
    jest.advanceTimersByTime(250); // the look of the first reader has no answer yet
    await looks(1);
    expect(first).toEqual([{ type: 'text', offset: 4, delta: 'Oslo' }]);
  });

  it('gets all of it when the reply ends between two looks whose answers come in another order', async () => {
    const { replyId, write, settle } = await aReply();
    const [{ remoteReplies }, answered] = [engine, newGate()];
    await write('Oslo ');
    jest.spyOn(remoteReplies, 'newsOf').mockImplementationOnce(async () => {
      await answered.opened;
      return [{ replyId, running: true, text: 'Oslo ' }];
    });
    jest.spyOn(remoteReplies, 'find').mockImplementationOnce(async () => {
      answered.open();
      await new Promise(setImmediate); // for the earlier look
      return [message!];
    });
    const pieces = reading(replyId);
    await looks(0);
    await write('is cold.');
    const message = await settle();
    await looks(1);
    await new Promise(setImmediate);
    await looks(1);
    expect(pieces).toEqual([
      { type: 'text', offset: 5, delta: 'Oslo ' },
      { type: 'text', offset: 13, delta: 'is cold.' },
      { type: 'ended', message },
    ]);
  });

  it('shares one look with all others, whatever they read from where', async () => {
    const [one, two] = [await aReply(), await aReply()];
    const readers = [one, one, two].map(({ replyId }, after) => reading(replyId, after));
    await looks(0);
    await one.write('Oslo');
    await two.write('Bergen');
    engine.remoteReplies.looks.length = 0;
    await looks(1);
    expect(engine.remoteReplies.looks).toEqual([[one.replyId, two.replyId]]);
    expect(readers).toEqual([
      [{ type: 'text', offset: 4, delta: 'Oslo' }],
      [{ type: 'text', offset: 4, delta: 'slo' }],
      [{ type: 'text', offset: 6, delta: 'rgen' }],
    ]);
  });

  it('goes on after an outage', async () => {
    const { replyId, write } = await aReply();
    const pieces = reading(replyId);
    await looks(1);
    await write('Oslo');
    engine.replies.refusal = outage;
    await looks(20);
    expect(pieces).toEqual([]);
    engine.replies.refusal = null;
    await looks(1);
    expect(pieces).toEqual([{ type: 'text', offset: 4, delta: 'Oslo' }]);
  });

  it('costs nothing once it has gone', async () => {
    const { replyId } = await aReply();
    const gone = new AbortController();
    reading(replyId, 0, gone.signal);
    await looks(2);
    gone.abort();
    await looks(1);
    engine.remoteReplies.looks.length = 0;
    await looks(10);
    expect(engine.remoteReplies.looks).toEqual([]);
  });

  it('has an ended reply read out of the database once, however slow it is', async () => {
    const { replyId, write, settle } = await aReply();
    await write('Oslo ');
    const reader = engine.remote.read(replyId, 0, new AbortController().signal);
    const next = reader.next();
    await jest.advanceTimersByTimeAsync(0);
    await next; // and now its socket is full
    await settle();
    const find = jest.spyOn(engine.remoteReplies, 'find');
    await jest.advanceTimersByTimeAsync(10_000);
    expect(find.mock.calls.length).toBeLessThanOrEqual(1);
    await reader.return(undefined);
  });

  it('is sent elsewhere once the process goes away, also when it comes later', async () => {
    const { replyId } = await aReply();
    const before = reading(replyId);
    await looks(1);
    engine.remote.close();
    const after = reading(replyId);
    await looks(1);
    expect([before, after]).toEqual([[{ type: 'lost' }], [{ type: 'lost' }]]);
  });

  it('has the reply stored more often', async () => {
    const owner = new EngineOnTrial(undefined, {}, engine);
    for (const part of [owner.heartbeat, owner.quickBeat]) part.onApplicationBootstrap();
    const { reply } = await owner.open();
    const pieces = reading(reply.claim.replyId);
    reply.write('Oslo ');
    await jest.advanceTimersByTimeAsync(2_000);
    reply.write('is cold.');
    await jest.advanceTimersByTimeAsync(500);
    expect(pieces.at(-1)).toEqual({ type: 'text', offset: 13, delta: 'is cold.' });
    for (const part of [owner.heartbeat, owner.quickBeat]) void part.onModuleDestroy();
  });
});
