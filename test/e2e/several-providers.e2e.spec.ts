import type { ModelsResponse } from '../../src/llm/model.dto';
import type { HealthResponse } from '../../src/health/health.dto';
import { Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';
import { ScriptedModelServer } from '../support/scripted-model-server';

describe('Several providers at once', () => {
  let parley: RunningApp;
  let ana: Client;
  const servers: Record<string, ScriptedModelServer> = {};

  beforeAll(async () => {
    for (const name of ['openai', 'mistral', 'custom']) {
      servers[name] = await ScriptedModelServer.start();
      servers[name].answerAll((answer) => answer.whole(`I am ${name}.`));
    }
    parley = await startApp({
      ...{ OPENAI_API_KEY: 'sk-canary-openai', OPENAI_BASE_URL: servers.openai!.url },
      ...{ MISTRAL_API_KEY: 'canary-mistral', MISTRAL_BASE_URL: servers.mistral!.url },
      ...{ LLM_BASE_URL: servers.custom!.url, LLM_API_KEY: 'canary-custom', LLM_MODELS: 'local' },
      LLM_DEFAULT_MODEL: 'mistral/mistral-medium-3.5',
    });
    ana = await Client.guest(parley.url);
  });
  afterAll(async () => {
    await parley.close();
    await Promise.all(Object.values(servers).map((server) => server.close()));
  });

  const ask = async (model?: string) => {
    const { id } = await ana.conversation();
    return (await ana.send(id, 'Who are you?', model ? { model } : {})).reply;
  };

  it('are listed with the sizes of their models, and nothing of their keys', async () => {
    const { body } = await ana.get<ModelsResponse>('/models');
    expect(body.default).toBe('mistral/mistral-medium-3.5');
    expect(body.data.map(({ id }) => id)).toEqual([
      'custom/local',
      ...['gpt-5.6-sol', 'gpt-6.2-sol', 'gpt-6.2-astra', 'gpt-5-mini'].map((name) => `openai/${name}`),
      ...['mistral/mistral-medium-3.5', 'mistral/mistral-small-latest'],
    ]);
    expect(body.data[5]).toEqual({
      ...{ id: 'mistral/mistral-medium-3.5', provider: 'mistral', available: true },
      ...{ contextTokens: 256_000, maxOutputTokens: 32_000 },
    });
    expect(JSON.stringify(body)).not.toContain('canary');
  });

  it.each([
    ['openai/gpt-5-mini', 'openai', 'gpt-5-mini', { max_completion_tokens: 128_000 }],
    [undefined, 'mistral', 'mistral-medium-3.5', { max_tokens: 32_000 }],
    ['custom/local', 'custom', 'local', {}],
  ])('answer for their own models: %s', async (model, provider, name, limit) => {
    const reply = await ask(model);
    expect(reply).toMatchObject({ content: `I am ${provider}.`, model: `${provider}/${name}` });
    const { body, headers } = servers[provider]!.calls.at(-1)!;
    expect(body).toMatchObject({ model: name, ...limit });
    expect(headers.authorization).toContain(`canary-${provider}`);
    if (provider === 'custom') expect(JSON.stringify(body)).not.toContain('max_'); // its sizes are not known
  });

  it('are told apart in the health', async () => {
    const { body } = await ana.get<HealthResponse>('//health');
    const up = { status: 'up' };
    expect(body.checks).toMatchObject({ 'llm:custom': up, 'llm:openai': up, 'llm:mistral': up });
  });
});
