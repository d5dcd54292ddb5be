import type OpenAI from 'openai';
import type { ChatCompletionCreateParamsNonStreaming as Params } from 'openai/resources/chat/completions';
import { aMember, withKey } from '../support/callers';
import type { Client } from '../support/client';
import { aCompletion } from '../support/completions';
import { openAiOf } from '../support/openai-client';
import type { RunningApp } from '../support/running-app';
import { USAGE } from '../support/scripted-answer';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

const MODEL = 'custom/scripted';
const WEATHER = {
  type: 'function',
  function: {
    name: 'weather',
    parameters: { type: 'object', properties: { constructor: { type: 'string' } } },
  },
} as const;
const CALL = {
  id: 'call_1',
  type: 'function',
  function: { name: 'weather', arguments: '{"city":"Oslo"}' },
} as const;

const asking = (content: string, more: Partial<Params> = {}): Params => ({
  model: MODEL,
  messages: [{ role: 'user', content }],
  ...more,
});

describe("OpenAI's SDK", () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let openai: OpenAI;

  beforeAll(async () => {
    ({ parley, model } = await startScriptedApp());
    ana = await aMember(parley);
    openai = openAiOf(ana);
    model.answerAll((answer, { body, question }) =>
      body.stream
        ? answer.whole('You said: ', question)
        : answer.json(aCompletion({ content: `You said: ${question}` })),
    );
  });

  afterAll(() => parley.close());

  /** As it reached the provider. */
  const lastCall = () => model.calls.at(-1)!.body as unknown as Record<string, unknown>;

  const streamed = async (params: Params) => {
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of await openai.chat.completions.create({ ...params, stream: true }))
      chunks.push(chunk);
    return chunks;
  };

  it('lists the models', async () => {
    const { data } = await openai.models.list();
    expect(data).toEqual([
      { id: MODEL, object: 'model', created: expect.any(Number) as number, owned_by: 'custom' },
    ]);
    expect(Number.isInteger(data[0]!.created)).toBe(true);
  });

  it('gets the completion of the provider as it is', async () => {
    const completion = await openai.chat.completions.create(asking('Hi'));
    expect(completion).toMatchObject({ id: 'chatcmpl-1', model: 'scripted-1', usage: USAGE });
    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'You said: Hi' },
    });
  });

  it('gets the chunks of the provider as they are, one finish_reason, and no usage', async () => {
    const chunks = await streamed(asking('Hi'));
    expect(chunks.map(({ choices: [choice] }) => choice!.delta.content ?? choice!.finish_reason)).toEqual([
      ...['You said: ', 'Hi', 'stop'],
    ]);
    expect(chunks.filter((chunk) => 'usage' in chunk)).toEqual([]);
  });

  it('gets the usage in the last chunk where it asks for that', async () => {
    const chunks = await streamed(asking('Hi', { stream_options: { include_usage: true } }));
    expect(chunks.at(-1)).toEqual({ choices: [], usage: USAGE });
    expect(chunks).toHaveLength(4);
  });

  it('gets no usage that a provider puts into other chunks', async () => {
    model.answer('Counted as it goes', (answer) => {
      answer.chunk({ choices: [{ index: 0, delta: { content: 'one' } }], usage: null });
      answer.chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: USAGE });
      answer.chunk({ choices: [], prompt_filter_results: [] });
    });
    expect(await streamed(asking('Counted as it goes'))).toEqual([
      { choices: [{ index: 0, delta: { content: 'one' } }] },
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
      { choices: [], prompt_filter_results: [] },
    ]);
  });

  it.each([false, true])('has every parameter reach the provider, streaming: %s', async (stream) => {
    const parameters = {
      ...{
        temperature: 0.5,
        top_p: 0.9,
        seed: 7,
        stop: ['END'],
        max_completion_tokens: 50,
        user: 'somebody',
      },
      ...{ response_format: { type: 'json_object' }, tools: [WEATHER], tool_choice: 'auto', n: 1 },
      ...{
        logit_bias: { 50256: -100 },
        reasoning_effort: 'low',
        a_member_of_tomorrow: { toString: [1, { deep: null }] },
      },
    };
    await openai.chat.completions.create(asking('With everything', { ...parameters, stream } as object));
    expect(lastCall()).toMatchObject({
      ...parameters,
      model: 'scripted',
      messages: [{ role: 'user', content: 'With everything' }],
    });
    expect((lastCall().tools as (typeof WEATHER)[])[0]).toEqual(WEATHER);
  });

  it('has the provider keep nothing, whatever is asked of us', async () => {
    for (const store of [true, false]) {
      await openai.chat.completions.create(asking('Keep it', { store }));
      expect(lastCall()).not.toHaveProperty('store');
    }
  });

  it('has messages of every role, images and tool calls reach the provider as they are', async () => {
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [CALL] },
      { role: 'tool', tool_call_id: 'call_1', content: '3 degrees' },
    ] as const;
    await openai.chat.completions.create({ model: MODEL, messages: [...messages] as never });
    expect(lastCall().messages).toEqual(messages);
  });

  it('gets tool calls, whole or in pieces', async () => {
    const piece = (arguments_: string, more: object = {}) => {
      const tool_calls = [{ index: 0, function: { arguments: arguments_ }, ...more }];
      return { choices: [{ index: 0, delta: { role: 'assistant', tool_calls } }] };
    };
    model.answer('How cold is it?', (answer, { body }) => {
      if (!body.stream) return answer.json(aCompletion({ tool_calls: [CALL] }, 'tool_calls'));
      answer.chunk(
        piece('', { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } }),
      );
      for (const arguments_ of ['{"city":', '"Oslo"}']) answer.chunk(piece(arguments_));
      answer.finish('tool_calls');
      answer.done();
    });
    const whole = await openai.chat.completions.create(asking('How cold is it?', { tools: [WEATHER] }));
    const helper = openai.chat.completions.stream({
      ...asking('How cold is it?', { tools: [WEATHER] }),
      stream: true,
    });
    for (const { choices } of [whole, await helper.finalChatCompletion()]) {
      expect(choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [CALL] } });
    }
  });

  it("ends the provider's call when it stops reading", async () => {
    model.answer('Go on for ever', async (answer) => {
      answer.text('On ', 'and ', 'on');
      await answer.hang();
    });
    const stream = await openai.chat.completions.create(asking('Go on for ever', { stream: true } as object));
    for await (const chunk of stream as unknown as AsyncIterable<unknown>) if (chunk) break;
    expect(await model.calls.at(-1)!.ended).toBe('left');
  });

  it.each([true, false])(
    "ends the provider's call when it gives up before anything comes, streaming: %s",
    async (stream) => {
      model.answer('Say nothing', (answer) => answer.hang());
      const patience = new AbortController();
      const before = model.calls.length;
      const call = openai.chat.completions.create(asking('Say nothing', { stream } as object), {
        signal: patience.signal,
      });
      const failed = expect(call).rejects.toThrow('aborted');
      await waitUntil(() => model.calls.length > before, 'the call');
      patience.abort();
      await failed;
      expect(await model.calls.at(-1)!.ended).toBe('left');
    },
  );

  it('is known by an API key as by an access token', async () => {
    const [chat, read] = [openAiOf(await withKey(ana, ['chat'])), openAiOf(await withKey(ana, ['read']))];
    expect((await chat.chat.completions.create(asking('Hi'))).choices).toHaveLength(1);
    expect((await read.models.list()).data).toHaveLength(1);
    await expect(read.chat.completions.create(asking('Hi'))).rejects.toMatchObject({ status: 403 });
  });

  it('gets headers that keep a stream from being held back, and a last event that says it is whole', async () => {
    const response = await openai.chat.completions
      .create(asking('Hi', { stream: true } as object))
      .asResponse();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': expect.stringMatching(/./) as string,
    });
    expect(await response.text()).toMatch(/data: \[DONE\]\n\n$/);
  });
});
