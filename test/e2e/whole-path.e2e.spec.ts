import { LLMock } from '@copilotkit/aimock';
import type { ModelsResponse } from '../../src/llm/model.dto';
import { Client } from '../support/client';
import { textOf } from '../support/event-stream';
import { startApp, type RunningApp } from '../support/running-app';

/** From a sign-in to an answer, and to the next one that builds on it. */
function wholePath(open: () => { parley: RunningApp; model: string; answer: RegExp }): void {
  it('signs in, asks, and waits for the answer', async () => {
    const { parley, model, answer } = open();
    const ana = await Client.member(parley.url, `ana-${model.length}`);
    const { id } = await ana.conversation();
    const { message, reply } = await ana.send(id, 'hello');
    expect(message).toMatchObject({ role: 'user', content: 'hello', status: 'completed' });
    expect(reply).toMatchObject({ model, status: 'completed', finishReason: 'stop', parentId: message.id });
    expect(reply.content).toMatch(answer);
  });

  it('signs in, asks, and watches the answer stream', async () => {
    const { parley, answer } = open();
    const ana = await Client.guest(parley.url);
    const { id } = await ana.conversation();
    const events = await (await ana.ask(id, 'hello')).all();
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['message.created', 'message.delta', 'message.completed']),
    );
    expect(textOf(events)).toMatch(answer);
    expect(events.at(-1)!.data.message).toMatchObject({ content: textOf(events), status: 'completed' });
  });

  it('lists the model that answers as the default', async () => {
    const { parley, model } = open();
    const { body } = await (await Client.guest(parley.url)).get<ModelsResponse>('/models');
    expect(body).toMatchObject({ default: model, data: [{ id: model, available: true }] });
  });
}

describe('The whole path with a server of somebody else (aimock)', () => {
  const provider = new LLMock({ port: 0 });
  let parley: RunningApp;

  beforeAll(async () => {
    provider.onMessage('hello', { content: 'Hi from a provider that Parley did not write.' });
    await provider.start();
    parley = await startApp({
      LLM_BASE_URL: `${provider.url}/v1`,
      LLM_API_KEY: 'any',
      LLM_MODELS: 'gpt-4.1-mini',
    });
  });

  afterAll(async () => {
    await parley.close();
    await provider.stop();
  });

  wholePath(() => ({
    parley,
    model: 'custom/gpt-4.1-mini',
    answer: /^Hi from a provider that Parley did not write\.$/,
  }));
});

describe('The whole path with the demo model', () => {
  let parley: RunningApp;

  beforeAll(async () => (parley = await startApp()));
  afterAll(() => parley.close());

  wholePath(() => ({ parley, model: 'demo/demo', answer: /demo model[^]*Messages of history before it: 0/ }));
});
