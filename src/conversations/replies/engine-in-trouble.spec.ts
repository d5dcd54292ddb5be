import { newId } from '../../common/ids';
import { aTurn } from '../../../test/factories/turn';
import { FakeChatModel, silence } from '../../../test/fakes/fake-chat-model';
import { EngineOnTrial, outage } from '../../../test/support/engine-on-trial';
import { newGate } from '../../../test/support/gate';
import type { ReplyPiece } from './reply.buffer';

const SECOND = 1_000;
const here = () => new AbortController().signal;
const textOf = (pieces: readonly ReplyPiece[]) =>
  pieces.map((piece) => (piece.type === 'text' ? piece.delta : '')).join('');

/** What a reader gets of a reply that this process writes. */
function reading(engine: EngineOnTrial, replyId: string): ReplyPiece[] {
  const pieces: ReplyPiece[] = [];
  void (async () => {
    for await (const piece of engine.service.read(replyId, 0, here())) pieces.push(piece);
  })();
  return pieces;
}

describe('The reply engine in trouble', () => {
  const started: { onModuleDestroy(): Promise<void> }[] = [];
  const start = (...engines: EngineOnTrial[]) => {
    for (const { heartbeat, quickBeat, remote, sweeper } of engines)
      for (const part of [heartbeat, quickBeat, remote, sweeper]) {
        part.onApplicationBootstrap();
        started.push(part);
      }
  };
  const pass = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * SECOND);

  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
  afterEach(() => {
    for (const part of started.splice(0)) void part.onModuleDestroy();
    jest.useRealTimers();
  });

  it.each(['EHOSTUNREACH', 'ENETUNREACH', '25006'])(
    'offers an end again that was refused with %s, which is an outage',
    async (code) => {
      const engine = new EngineOnTrial(new FakeChatModel('Oslo is cold.'));
      const { reply, turn } = await engine.open();
      const settle = engine.replies.settle.bind(engine.replies);
      jest
        .spyOn(engine.replies, 'settle')
        .mockRejectedValueOnce(Object.assign(new Error('away'), { code }))
        .mockImplementation(settle);
      void engine.generator.generate(reply, turn);
      await pass(5);
      expect(engine.replies.message(turn.reply.id)).toMatchObject({
        status: 'completed',
        content: 'Oslo is cold.',
      });
    },
  );

  it('sends readers elsewhere after a minute without the database, though the model has finished', async () => {
    const gate = newGate();
    const engine = new EngineOnTrial(new FakeChatModel('Oslo ', gate.opened, 'is cold.'));
    start(engine);
    const { reply } = await engine.service.start(aTurn(engine.replies.newConversation()));
    await pass(1);
    const pieces = reading(engine, reply.id);
    await pass(1);
    expect(textOf(pieces)).toBe('Oslo ');
    engine.replies.refusal = outage;
    gate.open(); // the model ends in the outage; other replicas have the database, and take the reply over
    await pass(600);
    expect(pieces.at(-1)).toEqual({ type: 'lost' });
  });

  it('answers each of two cancels of a reply whose owner is silent only when the reply has ended', async () => {
    const owner = new EngineOnTrial(new FakeChatModel('Oslo ', silence));
    const [one, two] = [new EngineOnTrial(undefined, {}, owner), new EngineOnTrial(undefined, {}, owner)];
    const { running, reply } = await owner.service.start(aTurn(owner.replies.newConversation()));
    await owner.untilText(running, 'Oslo '); // and never another sign of life: it has no heartbeat here
    start(one, two);
    const seen: (string | undefined)[] = [];
    const cancel = (engine: EngineOnTrial) =>
      engine.service.cancel(reply.id).then(() => seen.push(owner.replies.message(reply.id)?.status));
    // The second one's answer takes a while, as answers of a database do.
    const storedText = owner.replies.storedText.bind(owner.replies);
    jest.spyOn(owner.replies, 'storedText').mockImplementation(async (id) => {
      const text = await storedText(id);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return text;
    });
    const both = Promise.all([cancel(one), pass(0.002).then(() => cancel(two))]);
    await pass(5);
    await both;
    expect(seen).toEqual(['cancelled', 'cancelled']);
  });

  it('shows nobody more than two seconds of text that another replica does not have', async () => {
    // A word each 500 ms, as long as it is asked for.
    const words = Array.from({ length: 60 }, (_, n) => [
      `${n} `,
      new Promise((r) => setTimeout(r, n * 500)),
    ]).flat();
    const owner = new EngineOnTrial(new FakeChatModel(...words));
    const other = new EngineOnTrial(undefined, {}, owner);
    start(owner, other);
    const { reply } = await owner.service.start(aTurn(owner.replies.newConversation()));
    await pass(3);
    const pieces = reading(owner, reply.id);
    await pass(0.1);
    // The owner alone is cut off from the database.
    const beat = owner.replies.beat.bind(owner.replies);
    jest
      .spyOn(owner.replies, 'beat')
      .mockImplementation((id, sent) =>
        id === owner.running.owner ? Promise.reject(outage) : beat(id, sent),
      );
    await pass(10);
    owner.replies.expire(reply.id);
    await pass(3);
    const { content } = owner.replies.message(reply.id)!;
    const shown = textOf(pieces);
    const words500ms = (text: string) => text.trim().split(' ').length;
    expect(shown.startsWith(content)).toBe(true);
    expect(words500ms(shown) - words500ms(content)).toBeLessThanOrEqual(4);
  });

  it('leaves a reply to its owner for three seconds though the process that was asked to cancel it goes away meanwhile', async () => {
    const owner = new EngineOnTrial(
      new FakeChatModel('Oslo ', 'is ', new Promise((r) => setTimeout(r, 200)), 'cold.', silence),
    );
    const other = new EngineOnTrial(undefined, {}, owner);
    start(owner, other);
    await pass(1);
    const { reply } = await owner.service.start(aTurn(owner.replies.newConversation()));
    await pass(0.3);
    const pieces = reading(owner, reply.id);
    await pass(0);
    expect(textOf(pieces)).toBe('Oslo is cold.');
    const cancelled = other.service.cancel(reply.id);
    await pass(0.01);
    await other.service.drain(0); // SIGTERM, a moment after the cancel came in
    await pass(1);
    await cancelled;
    expect(owner.replies.message(reply.id)!.content).toBe('Oslo is cold.');
  });

  it('counts no attempt for a reply that a sweeper claimed and did not begin, since it was told to stop', async () => {
    const one = new EngineOnTrial();
    const shared = new EngineOnTrial(new FakeChatModel('Oslo'), {}, one);
    start(one);
    const turn = aTurn(one.replies.newConversation());
    await one.replies.open(newId(), turn);
    one.replies.expire(turn.replyId);
    const claim = one.replies.claimExpired.bind(one.replies);
    jest.spyOn(one.replies, 'claimExpired').mockImplementationOnce(async (...asked) => {
      const claims = await claim(...asked);
      one.running.drain(); // SIGTERM while the answer is on its way
      return claims;
    });
    await pass(8);
    start(shared);
    one.replies.expire(turn.replyId); // DRAIN_SECONDS are 15, the lease is 10: nothing has been released yet
    await pass(8);
    expect(one.replies.message(turn.replyId)).toMatchObject({ status: 'completed', content: 'Oslo' });
  });

  it('sends the second statement of a heartbeat though the first fails', async () => {
    const engine = new EngineOnTrial(undefined, { REPLY_MAX_CHARS: '5000000' });
    const [large, small] = [await engine.open(), await engine.open()];
    large.reply.write('x'.repeat(4_900_000));
    small.reply.write('y'.repeat(4_000_000));
    const beat = engine.replies.beat.bind(engine.replies);
    const tooLate = Object.assign(new Error('canceling statement due to statement timeout'), {
      code: '57014',
    });
    jest
      .spyOn(engine.replies, 'beat')
      .mockImplementation((id, sent) =>
        sent.some(({ delta }) => delta.length > 4_500_000) ? Promise.reject(tooLate) : beat(id, sent),
      );
    start(engine);
    await pass(15);
    await expect(engine.replies.storedText(small.reply.claim.replyId)).resolves.toHaveLength(4_000_000);
  });
});
