import { RULES } from '../contracts/provider-rules';
import { Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { startStrictProvider } from '../support/strict-provider';

describe('Claude and Gemini', () => {
  let parley: RunningApp;
  let ana: Client;
  const servers: Record<string, ScriptedModelServer> = {};

  beforeAll(async () => {
    for (const name of ['anthropic', 'gemini']) servers[name] = await startStrictProvider(RULES[name]!);
    parley = await startApp({
      ...{ ANTHROPIC_API_KEY: RULES.anthropic!.key!, ANTHROPIC_BASE_URL: servers.anthropic!.url },
      ...{ GEMINI_API_KEY: RULES.gemini!.key!, GEMINI_BASE_URL: servers.gemini!.url },
    });
    ana = await Client.guest(parley.url);
  });

  afterAll(async () => {
    await parley.close();
    await Promise.all(Object.values(servers).map((server) => server.close()));
  });

  it.each([
    ['anthropic/claude-sonnet-5-5', 'anthropic'],
    ['gemini/gemini-3.8-flash', 'gemini'],
  ])('answer as %s, switched on by a key alone', async (model, provider) => {
    const { id } = await ana.conversation();
    const { reply } = await ana.send(id, 'Where is it cold?', { model });
    expect(reply).toMatchObject({ model, status: 'completed', content: 'Oslo is cold.' });
    const stored = await ana.message(id, reply.id);
    expect(stored.content).toBe('Oslo is cold.');
    expect(servers[provider]!.calls.at(-1)!.question).toBe('Where is it cold?');
  });
});
