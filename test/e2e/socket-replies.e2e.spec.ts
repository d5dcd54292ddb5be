import type { Client } from '../support/client';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { SocketClient } from '../support/socket-client';

describe('A socket', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let socket: SocketClient;

  beforeAll(async () => ({ parley, model, ana } = await startScriptedApp()));
  beforeEach(async () => (socket = await SocketClient.signedIn(ana)));
  afterEach(() => socket.close());
  afterAll(() => parley.close());

  it('carries an answer from its question to its end', async () => {
    const { id } = await ana.conversation();
    const requestId = socket.ask({
      type: 'message.send',
      conversationId: id,
      content: ' Where is it cold? ',
    });
    const events = await socket.all(requestId);
    expect(events[0]).toMatchObject({ type: 'message.created', id: 0, requestId });
    expect(events[0]!.message).toMatchObject({ content: 'Where is it cold?', conversationId: id });
    expect(socket.textOf(requestId)).toBe('You said: Where is it cold?');
    expect(model.calls).toHaveLength(1);
  });
});
