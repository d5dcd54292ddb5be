import { type DomainError } from '../../src/common/errors/domain-error';
import type { ChatModel, ChatRequest } from '../../src/llm/chat-model';
import { PLAIN } from '../../src/llm/openai/dialect';
import { OpenAiChatModel } from '../../src/llm/openai/openai-chat-model';
import { PRESETS } from '../../src/llm/presets';
import { collect, collectText, collectUntilError } from '../support/chat-events';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { startStrictProvider } from '../support/strict-provider';
import { RULES } from './provider-rules';

const running = () => new AbortController().signal;
const USAGE = { promptTokens: 9, completionTokens: 3, totalTokens: 12 };

/** Everything that OpenAI's callers may send, in OpenAI's words. */
const EVERYTHING = {
  max_completion_tokens: 100,
  temperature: 0.5,
  top_p: 0.9,
  stop: ['END'],
  seed: 7,
  response_format: { type: 'json_object' },
  tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }],
  tool_choice: 'required',
};

describe.each(Object.keys(PRESETS))(
  'The preset for %s, before a provider that refuses the wrong shape',
  (name) => {
    const { dialect } = PRESETS[name]!;
    let server: ScriptedModelServer;
    let model: ChatModel;

    beforeEach(async () => {
      server = await startStrictProvider(RULES[name]!);
      model = open();
    });
    afterEach(() => server.close());

    const open = (other = dialect, apiKey = RULES[name]!.key) =>
      new OpenAiChatModel({ baseUrl: server.url, apiKey, usageTimeoutMs: 2_000, dialect: other });
    const id = (of = 'any') => `${name}/${of}`;
    const asking: ChatRequest = {
      model: id(),
      maxTokens: 100,
      turns: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Where is it cold?' },
      ],
    };
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'Where is it cold?' },
    ];
    const passed = (body: Record<string, unknown>, of?: string) =>
      collect(model.passThrough({ model: id(of), body: { messages, ...body } }, running()));

    it('gets a reply with its usage, and nothing of what the model thought', async () => {
      const events = await collect(model.stream(asking, running()));
      expect(collectText(events)).toBe('Oslo is cold.');
      expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop', usage: USAGE });
    });

    it('limits the answer under the name that the provider knows', async () => {
      await collect(model.stream(asking, running()));
      const { max_tokens, max_completion_tokens } = server.calls[0]!.body as unknown as Record<
        string,
        unknown
      >;
      expect([max_tokens, max_completion_tokens]).toEqual(
        name === 'openai' ? [undefined, 100] : [100, undefined],
      );
    });

    it.each([
      { max_tokens: 7, max_completion_tokens: null },
      { max_completion_tokens: 7, max_tokens: null },
    ])('takes the limit of a caller under either name: %j', async (limits) => {
      await passed({ ...limits, stream: true });
      const { max_tokens, max_completion_tokens } = server.calls[0]!.body as unknown as Record<
        string,
        unknown
      >;
      expect(name === 'openai' ? max_completion_tokens : max_tokens).toBe(7);
    });

    it('hands on a stream with all that its caller may send, and the usage', async () => {
      const chunks = await passed({ ...EVERYTHING, stream: true });
      expect(chunks.map(({ data }) => data.usage).filter(Boolean)).toEqual([
        { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
      ]);
      expect(new Set(chunks.map((chunk) => chunk.model))).toEqual(new Set([id()]));
    });

    it('hands on one completion with all that its caller may send', async () => {
      const [completion] = await passed(EVERYTHING);
      expect(completion!.data).toMatchObject({ choices: [{ message: { content: 'Oslo is cold.' } }] });
      const sent = server.calls[0]!.body as unknown as Record<string, unknown>;
      expect(sent).toMatchObject({
        model: 'any',
        temperature: 0.5,
        top_p: 0.9,
        stop: ['END'],
        tools: EVERYTHING.tools,
      });
      expect(sent).not.toHaveProperty('stream_options');
    });

    it('takes the older name of the limit, too', async () => {
      await passed({ max_tokens: 50 });
      const sent = JSON.stringify(server.calls[0]!.body);
      expect(sent.match(/"max_\w+":50/g)).toHaveLength(1);
    });

    it('is refused with a wrong key, which no text tells', async () => {
      const { error } = await collectUntilError(open(dialect, 'wrong').stream(asking, running()));
      expect(error).toMatchObject({ code: 'model_unavailable', retryable: false });
      expect((error as DomainError).message).not.toContain('key');
    });

    it('takes an answer that breaks off for one that failed', async () => {
      server.answerAll((answer) => {
        answer.text('Oslo is ');
        answer.chunk({
          error: { message: 'canary', code: 502 },
          choices: [{ delta: {}, finish_reason: 'error' }],
        });
      });
      const { text, error } = await collectUntilError(model.stream(asking, running()));
      expect([text, (error as DomainError).code]).toEqual(['Oslo is ', 'model_failed']);
      const reading = passed({ stream: true });
      await expect(reading).rejects.toMatchObject({ code: 'model_failed' });
      expect((error as DomainError).message).not.toContain('canary');
    });
  },
);

describe('The providers of these tests', () => {
  it.each([
    ['openai', 'max_tokens', 400],
    ['mistral', 'max_completion_tokens', 422],
    ['mistral', 'stream_options', 422],
    ['mistral', 'seed', 422],
  ])('do refuse: %s %s', async (name, member, status) => {
    const server = await startStrictProvider(RULES[name]!);
    const body = JSON.stringify({ model: 'any', messages: [{ role: 'user', content: 'Hi' }], [member]: 1 });
    const headers = { authorization: 'Bearer key' };
    const answer = await fetch(`${server.url}/chat/completions`, { method: 'POST', body, headers });
    expect(answer.status).toBe(status);
    await server.close();
  });

  it.each(['openai', 'mistral'])('turn a plain dialect away: %s', async (name) => {
    const server = await startStrictProvider(RULES[name]!);
    const model = new OpenAiChatModel({
      baseUrl: server.url,
      apiKey: 'key',
      usageTimeoutMs: 2_000,
      dialect: PLAIN,
    });
    const asking: ChatRequest = {
      model: `${name}/any`,
      maxTokens: 5,
      turns: [{ role: 'user', content: 'Hi' }],
    };
    await expect(collect(model.stream(asking, running()))).rejects.toMatchObject({ code: 'model_failed' });
    await server.close();
  });
});

describe('What is peculiar', () => {
  const open = async (name: string) => {
    const server = await startStrictProvider(RULES[name]!);
    const { dialect } = PRESETS[name]!;
    const model = new OpenAiChatModel({
      baseUrl: server.url,
      apiKey: RULES[name]!.key,
      usageTimeoutMs: 2_000,
      dialect,
    });
    return { server, model };
  };
  const turns = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Where is it cold?' },
  ] as const;

  it('goes with the first question where a model refuses the system role', async () => {
    const { server, model } = await open('gemini');
    await collect(model.stream({ model: 'gemini/gemma-3-27b-it', turns }, running()));
    expect(server.calls[0]!.body.messages).toEqual([
      { role: 'user', content: 'Be brief.\n\nWhere is it cold?' },
    ]);
    const parts = [
      { type: 'text', text: 'Where?' },
      { type: 'image_url', image_url: { url: 'data:,' } },
    ];
    const messages = [
      { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'user', content: parts },
    ];
    await collect(model.passThrough({ model: 'gemini/gemma-3-27b-it', body: { messages } }, running()));
    expect(server.calls[1]!.body.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Be brief.' }, ...parts] },
    ]);
    await server.close();
  });

  it("is in Mistral's words", async () => {
    const { server, model } = await open('mistral');
    const body = { messages: turns, seed: 7 };
    await collect(model.passThrough({ model: 'mistral/any', body }, running()));
    expect(server.calls[0]!.body).toMatchObject({ random_seed: 7 });
    await server.close();
  });

  it('is a refusal: what the model says to the person', async () => {
    const { server, model } = await open('openai');
    server.answerAll((answer) => {
      answer.chunk({ choices: [{ delta: { refusal: 'I cannot ' } }] });
      answer.chunk({ choices: [{ delta: { refusal: 'say.' } }] });
      answer.finish();
    });
    const events = await collect(model.stream({ model: 'openai/any', turns }, running()));
    expect(collectText(events)).toBe('I cannot say.');
    await server.close();
  });

  it.each([
    ['content_filter', 'content_filter'],
    ['length', 'length'],
    ['model_length', 'length'], // Mistral's, for the window
    ['SAFETY', 'content_filter'], // Gemini's own
  ])('is the finish reason %s, told as %s', async (theirs, ours) => {
    const { server, model } = await open('mistral');
    server.answerAll((answer) => {
      answer.text('Oslo');
      answer.finish(theirs);
    });
    const events = await collect(model.stream({ model: 'mistral/any', turns }, running()));
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: ours });
    await server.close();
  });
});
