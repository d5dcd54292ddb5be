import type { ChatModel, ChatRequest, FinishReason } from '../../src/llm/chat-model';
import type { Answer, ModelOnTrial } from '../support/model-on-trial';
import { passThroughContract, scriptedPassThroughContract } from './pass-through.contract';
import { collect, collectText, collectUntilError } from '../support/chat-events';

const asking = (question: string): ChatRequest => ({
  model: 'custom/any',
  turns: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: question },
  ],
});
const running = () => new AbortController().signal;
const gone = new Error('the caller has gone');

const ask = (model: ChatModel, question = 'hello') => collect(model.stream(asking(question), running()));

/**
 * What every model promises. `open` gives one that answers in several pieces, and each question differently;
 * `openSilent` one that begins and then says no more.
 */
export function chatModelContract(open: () => ModelOnTrial, openSilent: () => ModelOnTrial): void {
  it('gives text in pieces and then one finish', async () => {
    const { model } = open();
    const events = (await ask(model)).filter(({ type }) => type !== 'progress');
    expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(1);
    expect(events.map(({ type }) => type).indexOf('finish')).toBe(events.length - 1);
    expect(events.at(-1)).toMatchObject({ reason: 'stop' });
  });

  it('never gives an empty text', async () => {
    const { model } = open();
    expect(await ask(model)).not.toContainEqual({ type: 'text', text: '' });
  });

  it('keeps two calls at once apart', async () => {
    const { model } = open();
    const alone = [collectText(await ask(model, 'one')), collectText(await ask(model, 'two'))];
    const together = await Promise.all([ask(model, 'one'), ask(model, 'two')]);
    expect(together.map(collectText)).toEqual(alone);
    expect(alone[0]).not.toEqual(alone[1]);
  });

  it("throws the signal's reason when that has aborted before", async () => {
    const { model, idle } = open();
    const events = model.stream(asking('hello'), AbortSignal.abort(gone));
    await expect(collect(events)).rejects.toBe(gone);
    await idle();
  });

  it("throws the signal's reason in the middle and gives no more, and ends the call", async () => {
    const { model, idle } = open();
    const call = new AbortController();
    let texts = 0;
    const reading = (async () => {
      for await (const { type } of model.stream(asking('hello'), call.signal)) {
        if (type !== 'text') continue;
        texts += 1;
        call.abort(gone);
      }
    })();
    await expect(reading).rejects.toBe(gone);
    expect(texts).toBe(1);
    await idle();
  });

  it("throws the signal's reason while nothing comes, and ends the call", async () => {
    const { model, idle } = openSilent();
    const call = new AbortController();
    const events = model.stream(asking('hello'), call.signal)[Symbol.asyncIterator]();
    let begun = await events.next();
    while (!begun.done && begun.value.type !== 'text') begun = await events.next();
    const next = events.next();
    call.abort(gone);
    await expect(next).rejects.toBe(gone);
    await idle();
  });

  it('ends the call when its reader leaves', async () => {
    const { model, idle } = openSilent();
    for await (const { type } of model.stream(asking('hello'), running())) if (type === 'text') break;
    await idle();
  });

  it('lets an abort after the finish change nothing', async () => {
    const { model } = open();
    const call = new AbortController();
    const seen: string[] = [];
    for await (const { type } of model.stream(asking('hello'), call.signal)) {
      seen.push(type);
      if (type === 'finish') call.abort(gone);
    }
    expect(seen.at(-1)).toBe('finish');
  });

  describe('handing on what the provider says', () => passThroughContract(open, openSilent));
}

/** What can only be seen of a model that says what it is told to. */
export function scriptedChatModelContract(open: (answer: Answer) => ModelOnTrial): void {
  const usage = { promptTokens: 9, completionTokens: 3, totalTokens: 12 };
  const answer = (parts: Partial<Answer>): Answer => ({
    texts: ['Hi', ' there'],
    finish: 'stop',
    usage: null,
    ...parts,
  });

  it.each<FinishReason>(['stop', 'length', 'content_filter'])(
    'tells that it finished with %s',
    async (finish) => {
      const { model } = open(answer({ finish }));
      expect((await ask(model)).at(-1)).toEqual({ type: 'finish', reason: finish, usage: null });
    },
  );

  it('tells the usage that was counted', async () => {
    const { model } = open(answer({ usage }));
    expect((await ask(model)).at(-1)).toEqual({ type: 'finish', reason: 'stop', usage });
  });

  it('throws rather than ending without a finish, after the text that came', async () => {
    const { model } = open(answer({ finish: null }));
    const { text, error } = await collectUntilError(model.stream(asking('hello'), running()));
    expect(error).toMatchObject({ name: 'DomainError', code: 'model_failed' });
    expect(text).toBe('Hi there');
  });

  it('takes a stop without any text for a failure', async () => {
    const { model } = open(answer({ texts: [] }));
    await expect(ask(model)).rejects.toMatchObject({ code: 'model_failed' });
  });

  it.each([
    ['a surrogate pair cut in two', ['Oslo \ud83d', '\ude00!']],
    ['line breaks, quotes and a NUL', ['"a"\r\n\n', '\u2028data: b\n\n\0']],
    ['one piece of a million characters', ['0123456789'.repeat(100_000)]],
    ['a thousand pieces', Array.from({ length: 1_000 }, (_, n) => `${n} `)],
  ])('gives the whole of %s', async (_, texts) => {
    const { model } = open(answer({ texts }));
    expect(collectText(await ask(model))).toBe(texts.join(''));
  });

  describe('handing on what the provider says', () => scriptedPassThroughContract(open));
}
