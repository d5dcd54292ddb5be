import { LLMock } from '@copilotkit/aimock';
import { PLAIN } from '../../src/llm/openai/dialect';
import { OpenAiChatModel } from '../../src/llm/openai/openai-chat-model';
import { collect, collectText } from '../support/chat-events';

describe("OpenAiChatModel before aimock, an OpenAI double that isn't ours", () => {
  const provider = new LLMock({ port: 0 });
  beforeAll(() => provider.start());
  afterAll(() => provider.stop());

  it('streams a plain answer to its stop', async () => {
    provider.onMessage('hello', { content: 'Hi there, this is a mock that answers in pieces.' });
    const model = new OpenAiChatModel({
      baseUrl: `${provider.url}/v1`,
      apiKey: 'key',
      usageTimeoutMs: 2_000,
      dialect: PLAIN,
    });
    const turns = [{ role: 'user', content: 'hello' }] as const;
    const events = await collect(model.stream({ model: 'custom/any', turns }, new AbortController().signal));
    expect(collectText(events)).toBe('Hi there, this is a mock that answers in pieces.');
    expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(1);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
  });
});
