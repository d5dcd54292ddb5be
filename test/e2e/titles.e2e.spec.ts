import type { UsageReportResponse } from '../../src/account/usage.dto';
import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import { Client } from '../support/client';
import { newGate } from '../support/gate';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

const titleOf = async (client: Client, id: string) =>
  (await client.get<ConversationResponse>(`/conversations/${id}`)).body.title;

describe('The title of a conversation', () => {
  let parley: RunningApp;
  let ana: Client;
  beforeAll(async () => ({ parley, ana } = await startScriptedApp()));
  afterAll(() => parley.close());

  it('is the first words of its first question', async () => {
    const { id, title } = await ana.conversation();
    expect(title).toBeNull();
    await ana.send(id, 'How cold\nis it?');
    await ana.send(id, 'And in Bergen?');
    expect(await titleOf(ana, id)).toBe('How cold is it?');
  });

  it('stays what a person has chosen', async () => {
    const { id } = await ana.conversation({ title: 'Mine' });
    await ana.send(id, 'How cold is it?');
    expect(await titleOf(ana, id)).toBe('Mine');
  });

  it('stays cleared once it has been', async () => {
    const { id } = await ana.conversation();
    await ana.send(id, 'How cold is it?');
    await ana.patch(`/conversations/${id}`, { title: null });
    await ana.send(id, 'And in Bergen?');
    expect(await titleOf(ana, id)).toBeNull();
  });
});

describe('The title of a conversation where a model writes it', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;

  beforeAll(async () => {
    const models = { LLM_MODELS: 'scripted,cheap', LLM_TITLE_MODEL: 'custom/cheap' };
    ({ parley, model } = await startScriptedApp(models));
  });
  beforeEach(async () => {
    ana = await Client.guest(parley.url);
    model.answerAll((answer, { body, question }) =>
      answer.whole(body.model === 'cheap' ? '"Winter in Oslo."' : `You said: ${question}`),
    );
  });
  afterAll(() => parley.close());

  const titleCalls = () => model.calls.filter(({ body }) => body.model === 'cheap');
  const report = async () => (await ana.get<UsageReportResponse>('/users/me/usage')).body;

  it('is written from its first exchange, and from no other', async () => {
    const { id } = await ana.conversation();
    await ana.send(id, 'How cold is it?');
    await waitUntil(async () => (await titleOf(ana, id)) === 'Winter in Oslo', 'the title');
    const { body } = titleCalls().at(-1)!;
    expect(body.messages[1]!.content).toBe('How cold is it?\n\n---\n\nYou said: How cold is it?');
    const before = titleCalls().length;
    await ana.send(id, 'And in Bergen?');
    await ana.send(id, 'And in Paris?', { parentId: null });
    expect(titleCalls()).toHaveLength(before);
  });

  it('never takes the place of one that a person chooses meanwhile', async () => {
    const asked = newGate();
    const renamed = newGate();
    model.answerAll(async (answer, { body }) => {
      if (body.model !== 'cheap') return answer.whole('Very.');
      asked.open();
      await renamed.opened;
      answer.whole('Winter in Oslo');
    });
    const { id } = await ana.conversation();
    await ana.send(id, 'How cold is it?');
    await asked.opened;
    await ana.patch(`/conversations/${id}`, { title: 'Mine' });
    renamed.open();
    await waitUntil(async () => (await report()).data.length === 2, 'the usage of the title'); // the call is settled with what it has cost
    expect(await titleOf(ana, id)).toBe('Mine');
  });

  it('counts as usage of the account, and as no reply', async () => {
    const { id } = await ana.conversation();
    await ana.send(id, 'How cold is it?');
    await waitUntil(async () => (await report()).data.length === 2, 'the usage of the title');
    expect((await report()).data).toEqual([
      expect.objectContaining({ model: 'custom/cheap', replies: 0, promptTokens: 9, completionTokens: 3 }),
      expect.objectContaining({ model: 'custom/scripted', replies: 1 }),
    ]);
  });

  it.each([
    ['refuses', 400],
    ['is away', 500],
  ])('stays the first words where the model %s', async (_, status) => {
    model.answerAll((answer, { body }) => {
      if (body.model === 'cheap') answer.refuse(status);
      else answer.whole('Very.');
    });
    const { id } = await ana.conversation();
    const before = titleCalls().length;
    await ana.send(id, 'How cold is it?');
    await waitUntil(() => titleCalls().length > before, 'a call for the title');
    await titleCalls().at(-1)!.ended;
    expect(await titleOf(ana, id)).toBe('How cold is it?');
  });

  it('is not written where the reply has failed, nor beyond the quota', async () => {
    model.answer('Fail', (answer) => answer.refuse(400));
    const { id } = await ana.conversation();
    await ana.post(`/conversations/${id}/messages`, { content: 'Fail' });
    await parley.database.query('update users set quota_tokens = 12 where id = $1', [ana.tokens!.user.id]);
    const { id: other } = await ana.conversation();
    await ana.send(other, 'How warm is it?');
    const ben = await Client.guest(parley.url);
    const { id: later } = await ben.conversation();
    await ben.send(later, 'And in Bergen?');
    await waitUntil(
      async () => (await titleOf(ben, later)) === 'Winter in Oslo',
      'a title that was begun later',
    );
    // By what was asked: the tries of the tests before may go on.
    expect(titleCalls().filter(({ question }) => /Fail|How warm/.test(question))).toEqual([]);
    expect(await titleOf(ana, other)).toBe('How warm is it?');
  });
});
