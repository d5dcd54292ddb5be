import type { MessageResponse } from '../../src/conversations/message.dto';
import { Client } from '../support/client';
import { textOf } from '../support/event-stream';
import { startApp, type RunningApp } from '../support/running-app';
import { ScriptedModelServer } from '../support/scripted-model-server';

describe('Streams', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    parley = await startApp({ LLM_BASE_URL: model.url, LLM_MODELS: 'scripted' });
    ana = await Client.guest(parley.url);
  });

  afterAll(async () => {
    await parley.close();
    await model.close();
  });

  it('carry an answer from its question to its end', async () => {
    const { id } = await ana.conversation();
    const events = await (await ana.ask(id, 'Where is it cold?')).all();
    expect(events[0]).toMatchObject({ id: 0, type: 'message.created' });
    expect(textOf(events)).toBe('You said: Where is it cold?');
    const last = events.at(-1)!;
    expect(last.type).toBe('message.completed');
    expect(last.id).toBe(textOf(events).length);
    const stored = last.data.message as MessageResponse;
    await expect(ana.message(id, stored.id)).resolves.toEqual(stored);
  });
});
