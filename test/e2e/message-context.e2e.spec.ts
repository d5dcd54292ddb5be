import type { ReplyContextResponse } from '../../src/conversations/reply-context.dto';
import { anAdmin } from '../support/callers';
import { Client } from '../support/client';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';

/** Two of them fit a model that nothing is known of, beside the question; three don't. */
const LONG = 'Tell me all about Oslo. '.repeat(150).trim();

describe('What a model was given', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let id: string;

  beforeAll(async () => {
    ({ parley, model, ana } = await startScriptedApp());
    model.answer(LONG, (answer) => answer.whole('Well.'));
    model.answer('Refuse me', (answer) => answer.refuse(400));
  });
  beforeEach(async () => {
    ({ id } = await ana.conversation({ systemPrompt: 'Be brief.' }));
  });
  afterAll(() => parley.close());

  const contextOf = (replyId: string, client = ana) =>
    client.get<ReplyContextResponse>(`/conversations/${id}/messages/${replyId}/context`);
  const given = () => model.calls.at(-1)!.body.messages.length;

  it('is told for each reply, with the system prompt and the size of the window', async () => {
    const first = await ana.send(id, 'One');
    const second = await ana.send(id, 'Two');
    const { body } = await contextOf(second.reply.id);
    expect(body).toEqual({
      model: 'custom/scripted',
      windowTokens: 8_192,
      promptTokens: expect.any(Number) as number,
      systemPrompt: 'Be brief.',
      messageIds: [first.message.id, first.reply.id, second.message.id],
      droppedIds: [],
      droppedCount: 0,
    });
    expect(body.promptTokens).toBeGreaterThan((await contextOf(first.reply.id)).body.promptTokens);
    expect(body.messageIds).toHaveLength(given() - 1); // the system prompt is no message
  });

  it('is what was given then, whatever the conversation has become', async () => {
    const { reply } = await ana.send(id, 'One');
    const { body: before } = await contextOf(reply.id);
    await ana.send(id, 'Two');
    await ana.patch(`/conversations/${id}`, { systemPrompt: 'Be long.' });
    expect((await contextOf(reply.id)).body).toEqual(before);
  });

  it('names what no longer fitted, and what was never given', async () => {
    const failed = await ana.post(`/conversations/${id}/messages`, { content: 'Refuse me' });
    const exchanges = [];
    for (let n = 0; n < 5; n++) exchanges.push(await ana.send(id, LONG));
    const last = exchanges.at(-1)!;
    const { body } = await contextOf(last.reply.id);
    const all = exchanges.flatMap(({ message, reply }) => [message.id, reply.id]).slice(0, -1);
    const kept = body.messageIds.length;
    expect(kept).toBe(given() - 1);
    expect(kept).toBeGreaterThan(1);
    expect(body.messageIds).toEqual(all.slice(-kept));
    const { messageId, replyId } = failed.body;
    expect(body.droppedIds).toEqual([messageId, replyId, ...all.slice(0, -kept)]);
    expect(body.droppedCount).toBe(body.droppedIds.length);
    expect(body.promptTokens).toBeLessThan(8_192 - 4_096);
  });

  it('leaves a failed reply out in the middle of what is given', async () => {
    const first = await ana.send(id, 'One');
    const failed = await ana.post(`/conversations/${id}/messages`, { content: 'Refuse me' });
    const last = await ana.send(id, 'Two', { parentId: failed.body.replyId });
    const { body } = await contextOf(last.reply.id);
    const { messageId, replyId } = failed.body;
    expect(body.messageIds).toEqual([first.message.id, first.reply.id, messageId, last.message.id]);
    expect([body.droppedIds, body.droppedCount]).toEqual([[replyId], 1]);
  });

  it('is of the branch of a regenerated reply', async () => {
    const first = await ana.send(id, 'One');
    const second = await ana.send(id, 'Two');
    const again = await ana.post<typeof first>(`/conversations/${id}/messages/${second.reply.id}/regenerate`);
    const { body } = await contextOf(again.body.reply.id);
    expect(body.messageIds).toEqual([first.message.id, first.reply.id, second.message.id]);
  });

  it('is nothing that a question has, nor that somebody else may see', async () => {
    const { message, reply } = await ana.send(id, 'One');
    const refusal = { status: 404, body: { code: 'not_found' } };
    expect(await contextOf(message.id)).toMatchObject(refusal);
    expect(await contextOf(reply.id, await Client.guest(parley.url))).toMatchObject(refusal);
    expect(await contextOf(reply.id, await anAdmin(parley))).toMatchObject(refusal);
  });

  it('is refused where question and system prompt alone exceed the window', async () => {
    const { body: rare } = await ana.post<{ id: string }>('/conversations', {
      systemPrompt: '꙰'.repeat(8_000),
    });
    const answer = await ana.post(`/conversations/${rare.id}/messages`, { content: 'Hi' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'context_length_exceeded' } });
    expect((await ana.get<{ messageCount: number }>(`/conversations/${rare.id}`)).body.messageCount).toBe(0);
  });
});
