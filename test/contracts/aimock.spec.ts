import { LLMock } from '@copilotkit/aimock';
import type { ChatRequest } from '../../src/llm/chat-model';
import { OpenAiChatModel } from '../../src/llm/openai/openai-chat-model';
import { PRESETS } from '../../src/llm/presets';
import { collect, collectText, collectUntilError } from '../support/chat-events';

const ANSWER = 'Hi there, this is a mock that answers in pieces.';

describe("OpenAiChatModel before aimock, an OpenAI double that isn't ours", () => {
  const provider = new LLMock({ port: 0 });
  let model: OpenAiChatModel;

  beforeAll(async () => {
    provider.onMessage('hello', { content: ANSWER });
    provider.onMessage('think', { content: ANSWER, reasoning: 'A canary.' });
    provider.onMessage('look', { toolCalls: [{ name: 'look', arguments: '{"at":"Oslo"}' }] });
    provider.onMessage('limit', { error: { message: 'canary' }, status: 429, retryAfter: 7 });
    provider.onMessage('cut', { content: ANSWER }, { truncateAfterChunks: 3, latency: 10 });
    provider.onMessage('garble', { content: ANSWER }, { chaos: { malformedRate: 1 } });
    provider.onMessage('reset', { content: ANSWER }, { chaos: { disconnectRate: 1 } });
    provider.onMessage('drop', { content: ANSWER }, { chaos: { dropRate: 1 } });
    await provider.start();
    model = new OpenAiChatModel({
      baseUrl: `${provider.url}/v1`,
      apiKey: 'key',
      dialect: PRESETS.openai!.dialect,
      usageTimeoutMs: 2_000,
    });
  });
  afterAll(() => provider.stop());

  const running = () => new AbortController().signal;
  const asking = (content: string): ChatRequest => ({
    model: 'openai/any',
    turns: [{ role: 'user', content }],
    maxTokens: 64,
  });
  const pass = (content: string, stream: boolean) => {
    const body = { stream, messages: [{ role: 'user', content }] };
    return collect(model.passThrough({ model: 'openai/any', body }, running()));
  };

  it.each(['hello', 'think'])(
    'streams a plain answer to its stop, without what was only thought: %s',
    async (question) => {
      const events = await collect(model.stream(asking(question), running()));
      expect(collectText(events)).toBe(ANSWER);
      expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(1);
      expect(events.at(-1)).toMatchObject({
        type: 'finish',
        reason: 'stop',
        usage: { promptTokens: expect.any(Number) as number },
      });
    },
  );

  it('hands on a stream to its usage, and calls of tools', async () => {
    const chunks = await pass('look', true);
    const text = JSON.stringify(chunks.map(({ data }) => data));
    expect(text).toContain('"finish_reason":"tool_calls"');
    expect(text).toContain('"name":"look"');
    expect(chunks.at(-1)?.data).toMatchObject({
      choices: [],
      usage: { total_tokens: expect.any(Number) as number },
    });
  });

  it('hands on a completion', async () => {
    const [completion, ...more] = await pass('hello', false);
    expect(more).toEqual([]);
    expect(completion?.data).toMatchObject({
      choices: [{ message: { content: ANSWER }, finish_reason: 'stop' }],
    });
  });

  it.each<[string, object]>([
    ['limit', { code: 'model_unavailable', retryable: true, retryAfterMs: 7_000 }],
    ['drop', { code: 'model_unavailable', retryable: true }],
    ['reset', { code: 'model_unavailable', retryable: true }],
    ['garble', { code: 'model_failed' }],
    ['cut', { code: 'model_failed' }],
  ])('takes its fault for what it is, streamed and handed on: %s', async (question, expected) => {
    const { error } = await collectUntilError(model.stream(asking(question), running()));
    expect(error).toMatchObject(expected);
    expect(error?.message).not.toContain('canary');
    await expect(pass(question, true)).rejects.toMatchObject(expected);
  });
});
