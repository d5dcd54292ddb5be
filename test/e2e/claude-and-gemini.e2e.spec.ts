import { RULES } from '../contracts/provider-rules';
import { Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { startStrictProvider } from '../support/strict-provider';

/** Where they take what OpenAI takes: platform.claude.com/docs/en/api/openai-sdk says so of the first, and ai.google.dev/gemini-api/docs/openai of the second. */
const ADDRESSES = {
  anthropic: 'https://api.anthropic.com/v1/',
  gemini: 'https://generativelanguage.googleapis.com/v1beta/openai/',
};

describe('Claude and Gemini', () => {
  let parley: RunningApp;
  let ana: Client;
  const servers: Record<string, ScriptedModelServer> = {};

  beforeAll(async () => {
    for (const name of Object.keys(ADDRESSES)) servers[name] = await startStrictProvider(RULES[name]!);
    const { fetch } = globalThis;
    jest.spyOn(globalThis, 'fetch').mockImplementation((asked, init) => fetch(standInFor(asked), init));
    parley = await startApp({ ANTHROPIC_API_KEY: RULES.anthropic!.key!, GEMINI_API_KEY: RULES.gemini!.key! });
    ana = await Client.guest(parley.url);
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    await parley.close();
    await Promise.all(Object.values(servers).map((server) => server.close()));
  });

  /** What would go out to one of them goes to its stand-in. */
  function standInFor(asked: Parameters<typeof fetch>[0]): Parameters<typeof fetch>[0] {
    for (const [name, address] of Object.entries(ADDRESSES))
      if (typeof asked === 'string' && asked.startsWith(address))
        return `${servers[name]!.url}/${asked.slice(address.length)}`;
    return asked;
  }

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
