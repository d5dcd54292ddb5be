import type { ChatModel, FinishReason, PassedChunk, PassThroughRequest } from '../../src/llm/chat-model';
import { collect } from '../support/chat-events';
import type { Answer, ModelOnTrial } from '../support/model-on-trial';

const MODEL = 'custom/any';
const running = () => new AbortController().signal;
const gone = new Error('the caller has gone');

const asking = (stream: boolean, question = 'hello'): PassThroughRequest => ({
  model: MODEL,
  body: {
    model: 'what the caller calls it',
    stream,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: question },
    ],
  },
});
const stream = (model: ChatModel, question?: string) =>
  collect(model.passThrough(asking(true, question), running()));
const whole = (model: ChatModel, question?: string) =>
  collect(model.passThrough(asking(false, question), running()));

/** Part of the contract of every model. */
export function passThroughContract(open: () => ModelOnTrial, openSilent: () => ModelOnTrial): void {
  it('gives chunks of text, and one of them says how it finished', async () => {
    const chunks = await stream(open().model);
    expect(chunks.map(textOf).filter(Boolean).length).toBeGreaterThan(1);
    expect(chunks.map(finishOf).filter(Boolean)).toEqual(['stop']);
  });

  it('gives one completion with the same text where no stream is asked for', async () => {
    const { model } = open();
    const completion = await whole(model);
    expect(completion).toHaveLength(1);
    expect(finishOf(completion[0]!)).toBe('stop');
    expect(completion.map(textOf).join('')).toBe((await stream(model)).map(textOf).join(''));
  });

  it.each([true, false])('says with each of them which model answers (streamed: %s)', async (streamed) => {
    const chunks = await collect(open().model.passThrough(asking(streamed), running()));
    expect(new Set(chunks.map(({ model }) => model))).toEqual(new Set([MODEL]));
  });

  it('keeps two calls at once apart', async () => {
    const { model } = open();
    const together = await Promise.all([stream(model, 'one'), stream(model, 'two')]);
    const [one, two] = together.map((chunks) => chunks.map(textOf).join(''));
    expect([one, two]).toEqual([await textOfWhole(model, 'one'), await textOfWhole(model, 'two')]);
    expect(one).not.toBe(two);
  });

  it.each([true, false])(
    "throws the signal's reason when that has aborted before (streamed: %s)",
    async (streamed) => {
      const { model, idle } = open();
      const chunks = model.passThrough(asking(streamed), AbortSignal.abort(gone));
      await expect(collect(chunks)).rejects.toBe(gone);
      await idle();
    },
  );

  it("throws the signal's reason while nothing comes, and ends the call", async () => {
    const { model, idle } = openSilent();
    const call = new AbortController();
    const chunks = model.passThrough(asking(true), call.signal)[Symbol.asyncIterator]();
    await untilText(chunks);
    const next = chunks.next();
    call.abort(gone);
    await expect(next).rejects.toBe(gone);
    await idle();
  });

  it("throws the signal's reason while the one completion does not come, and ends the call", async () => {
    const { model, idle } = openSilent();
    const call = new AbortController();
    const completion = model.passThrough(asking(false), call.signal)[Symbol.asyncIterator]().next();
    call.abort(gone);
    await expect(completion).rejects.toBe(gone);
    await idle();
  });

  it('ends the call when its reader leaves', async () => {
    const { model, idle } = openSilent();
    for await (const chunk of model.passThrough(asking(true), running())) if (textOf(chunk)) break;
    await idle();
  });
}

/** Part of the contract of every model that says what it is told to. */
export function scriptedPassThroughContract(open: (answer: Answer) => ModelOnTrial): void {
  const usage = { promptTokens: 9, completionTokens: 3, totalTokens: 12 };
  const texts = ['Hi', ' there'];

  it.each<FinishReason>(['stop', 'length', 'content_filter'])(
    'hands on the finish reason %s',
    async (finish) => {
      const chunks = await stream(open({ texts, finish, usage: null }).model);
      expect(chunks.map(finishOf).filter(Boolean)).toEqual([finish]);
    },
  );

  it('hands on the usage, which nobody has asked for', async () => {
    const chunks = await stream(open({ texts, finish: 'stop', usage }).model);
    expect(chunks.map(({ data }) => data.usage).filter(Boolean)).toEqual([
      { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
    ]);
  });

  it('throws rather than ending without a finish reason, after the chunks that came', async () => {
    const { model } = open({ texts, finish: null, usage: null });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const chunk of model.passThrough(asking(true), running())) seen.push(textOf(chunk));
    })();
    await expect(reading).rejects.toMatchObject({ name: 'DomainError', code: 'model_failed' });
    expect(seen.join('')).toBe('Hi there');
  });
}

async function textOfWhole(model: ChatModel, question: string): Promise<string> {
  return (await whole(model, question)).map(textOf).join('');
}

async function untilText(chunks: AsyncIterator<PassedChunk>): Promise<void> {
  let begun = await chunks.next();
  while (!begun.done && !textOf(begun.value)) begun = await chunks.next();
}

interface Choice {
  readonly delta?: { readonly content?: string };
  readonly message?: { readonly content?: string };
  readonly finish_reason?: string | null;
}

const choiceOf = ({ data }: PassedChunk) => (data.choices as readonly Choice[] | undefined)?.[0];
const textOf = (chunk: PassedChunk) =>
  choiceOf(chunk)?.delta?.content ?? choiceOf(chunk)?.message?.content ?? '';
const finishOf = (chunk: PassedChunk) => choiceOf(chunk)?.finish_reason ?? null;
