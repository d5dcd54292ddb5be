import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, Output, stepCountIs, streamText, tool, type LanguageModel } from 'ai';
import { z } from 'zod';
import type { Client } from '../support/client';
import { aCompletion } from '../support/completions';
import { checkedFetch } from '../support/openai-client';
import type { RunningApp } from '../support/running-app';
import { USAGE } from '../support/scripted-answer';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';

const CALL = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } };

describe('The AI SDK', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let scripted: LanguageModel;

  beforeAll(async () => {
    ({ parley, model, ana } = await startScriptedApp());
    scripted = createOpenAICompatible({
      name: 'parley',
      baseURL: `${parley.url}/v1`,
      apiKey: ana.tokens!.accessToken,
      includeUsage: true,
      supportsStructuredOutputs: true,
      fetch: checkedFetch,
    }).chatModel('custom/scripted');
    model.answerAll((answer, { body, question }) =>
      body.stream
        ? answer.whole('You said: ', question)
        : answer.json(aCompletion({ content: `You said: ${question}` })),
    );
  });

  afterAll(() => parley.close());

  const lastCall = () => model.calls.at(-1)!.body as unknown as Record<string, unknown>;

  it('generates text', async () => {
    const { text, finishReason, usage } = await generateText({ model: scripted, prompt: 'Hi' });
    expect({ text, finishReason }).toEqual({ text: 'You said: Hi', finishReason: 'stop' });
    expect(usage).toMatchObject({ inputTokens: USAGE.prompt_tokens, outputTokens: USAGE.completion_tokens });
  });

  it('streams text with its usage', async () => {
    const { textStream, usage, finishReason } = streamText({ model: scripted, prompt: 'Hi' });
    const pieces: string[] = [];
    for await (const piece of textStream) pieces.push(piece);
    expect(pieces).toEqual(['You said: ', 'Hi']);
    expect(await finishReason).toBe('stop');
    expect(await usage).toMatchObject({
      inputTokens: USAGE.prompt_tokens,
      outputTokens: USAGE.completion_tokens,
    });
  });

  const weather = tool({
    description: 'Tells how cold it is.',
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => Promise.resolve(`3 degrees in ${city}`),
  });

  const answerWithTool = () =>
    model.answerAll((answer, { body, question }) => {
      if (body.messages.at(-1)!.role === 'tool')
        return body.stream
          ? answer.whole(`It is ${question}`)
          : answer.json(aCompletion({ content: `It is ${question}` }));
      if (!body.stream) return answer.json(aCompletion({ tool_calls: [CALL] }, 'tool_calls'));
      answer.chunk({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...CALL }] } }] });
      answer.finish('tool_calls');
    });

  it.each([false, true])('calls tools and tells what they say, streaming: %s', async (isStream) => {
    answerWithTool();
    const asked = {
      model: scripted,
      prompt: 'How cold is it?',
      tools: { weather },
      stopWhen: stepCountIs(2),
    };
    const text = isStream ? await streamText(asked).text : (await generateText(asked)).text;
    expect(text).toBe('It is 3 degrees in Oslo');
    expect(lastCall().messages).toMatchObject([
      { role: 'user', content: 'How cold is it?' },
      { role: 'assistant', tool_calls: [CALL] },
      { role: 'tool', tool_call_id: 'call_1', content: '3 degrees in Oslo' },
    ]);
  });

  it('sends images, and asks for an object', async () => {
    model.answerAll((answer) => answer.json(aCompletion({ content: '{"city":"Oslo"}' })));
    const image = Buffer.from('89504e470d0a1a0a', 'hex');
    const { output } = await generateText({
      model: scripted,
      output: Output.object({ schema: z.object({ city: z.string() }) }),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Where?' },
            { type: 'image', image, mediaType: 'image/png' },
          ],
        },
      ],
    });
    expect(output).toEqual({ city: 'Oslo' });
    expect(lastCall()).toMatchObject({
      response_format: { type: 'json_schema' },
      messages: [
        {
          content: [
            { type: 'text' },
            {
              type: 'image_url',
              image_url: { url: expect.stringMatching(/^data:image\/png;base64,/) as string },
            },
          ],
        },
      ],
    });
  });

  it('finds what was wrong in an error', async () => {
    const unknown = createOpenAICompatible({
      name: 'parley',
      baseURL: `${parley.url}/v1`,
      apiKey: ana.tokens!.accessToken,
    });
    const failed = generateText({ model: unknown.chatModel('no/such'), prompt: 'Hi', maxRetries: 0 });
    const error: unknown = await failed.catch((thrown: unknown) => thrown);
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      statusCode: 400,
      message: 'There is no such model. GET /v1/models lists them.',
    });
  });

  it('finds that a stream has failed after its first piece', async () => {
    model.answerAll(async (answer) => {
      answer.text('Oslo is ');
      await answer.cut();
    });
    const errors: unknown[] = [];
    const { fullStream } = streamText({
      model: scripted,
      prompt: 'Where?',
      onError: ({ error }) => void errors.push(error),
    });
    const types: string[] = [];
    for await (const { type } of fullStream) types.push(type);
    expect(types).toContain('text-delta');
    expect(types).toContain('error');
    expect(errors).toHaveLength(1);
  });
});
