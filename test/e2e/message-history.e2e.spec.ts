import type { MessageResponse } from '../../src/conversations/message.dto';
import { type Client } from '../support/client';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';

describe('Earlier messages', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let id: string;

  beforeAll(async () => {
    ({ parley, model, ana } = await startScriptedApp());
    model.answer('Refuse me', (answer) => answer.refuse(400));
    model.answer('Break off', async (answer) => {
      answer.text('Half an ans');
      await answer.cut();
    });
    model.answer('Talk on', async (answer) => {
      answer.text('Well, ');
      await answer.hang();
    });
  });

  beforeEach(async () => {
    ({ id } = await ana.conversation());
  });

  afterAll(() => parley.close());

  /** What the model was given last. */
  const given = () => model.calls.at(-1)!.body.messages.map(({ role, content }) => `${role}: ${content}`);
  const failed = async (content: string) => {
    const { status } = await ana.post(`/conversations/${id}/messages`, { content });
    expect(status).toBe(502);
  };

  it('reach the model with them, oldest first and the system prompt first of all', async () => {
    await ana.patch(`/conversations/${id}`, { systemPrompt: 'Be brief.' });
    for (const question of ['One', 'Two', 'Three']) await ana.send(id, question);
    expect(given()).toEqual([
      'system: Be brief.',
      ...['user: One', 'assistant: You said: One'],
      ...['user: Two', 'assistant: You said: Two', 'user: Three'],
    ]);
  });

  it('do not reach the model when they are replies that failed', async () => {
    await failed('Refuse me');
    await failed('Break off');
    await ana.send(id, 'One');
    expect(given()).toEqual(['user: Refuse me', 'user: Break off', 'user: One']);
  });

  it('reach the model as far as they had come when they were cancelled', async () => {
    const events = await (await ana.ask(id, 'Talk on')).until((_, text) => text === 'Well, ');
    const reply = events[0]!.data.reply as MessageResponse;
    await ana.post(`/conversations/${id}/messages/${reply.id}/cancel`);
    await ana.send(id, 'One');
    expect(given()).toEqual(['user: Talk on', 'assistant: Well, ', 'user: One']);
  });

  it('do not reach the model when they are on another branch', async () => {
    const first = await ana.send(id, 'One');
    await ana.send(id, 'Two');
    await ana.send(id, 'Other two', { parentId: first.reply.id });
    expect(given()).toEqual(['user: One', 'assistant: You said: One', 'user: Other two']);
  });

  it("do not reach the model when they are another conversation's", async () => {
    await ana.send((await ana.conversation()).id, 'A secret');
    await ana.send(id, 'One');
    expect(given()).toEqual(['user: One']);
  });
});
