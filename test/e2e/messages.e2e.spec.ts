import { newId } from '../../src/common/ids';
import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import type { ExchangeResponse, MessageResponse } from '../../src/conversations/message.dto';
import { Client, type ProblemBody } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';
import { ScriptedModelServer } from '../support/scripted-model-server';

const SMILE = '\u{1F600}'; // two UTF-16 units

describe('Messages', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let conversation: ConversationResponse;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    model.answer('Refuse me', (answer) => answer.refuse(400));
    model.answer('Be down', (answer) => answer.refuse(401));
    model.answer('Say nothing', (answer) => answer.finish());
    model.answer('Break off', async (answer) => {
      answer.text('Half an ans');
      await answer.cut();
    });
    parley = await startApp({
      LLM_BASE_URL: model.url,
      LLM_MODELS: 'scripted,other',
      MESSAGE_MAX_CHARS: '50',
    });
    ana = await Client.guest(parley.url);
  });

  beforeEach(async () => {
    conversation = await ana.conversation();
  });

  afterAll(async () => {
    await parley.close();
    await model.close();
  });

  const send = <Body = ExchangeResponse>(body: unknown) =>
    ana.post<Body>(`/conversations/${conversation.id}/messages`, body);
  const read = async () => (await ana.get<ConversationResponse>(`/conversations/${conversation.id}`)).body;

  it('come with their answer, as they are stored', async () => {
    const { status, headers, body } = await send({ content: 'Where is it cold?' });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(
      `/api/v1/conversations/${conversation.id}/messages/${body.reply.id}`,
    );
    expect(body.message).toMatchObject({
      ...{ conversationId: conversation.id, parentId: null, role: 'user', status: 'completed' },
      ...{ content: 'Where is it cold?', model: null, finishReason: null, usage: null, error: null },
      siblingIds: [body.message.id],
    });
    expect(body.reply).toMatchObject({
      ...{
        conversationId: conversation.id,
        parentId: body.message.id,
        role: 'assistant',
        status: 'completed',
      },
      ...{
        content: 'You said: Where is it cold?',
        model: 'custom/scripted',
        finishReason: 'stop',
        error: null,
      },
      usage: { promptTokens: 9, completionTokens: 3, totalTokens: 12 },
      siblingIds: [body.reply.id],
    });
    for (const sent of [body.message, body.reply]) {
      expect(sent.completedAt).not.toBeNull();
      expect(await ana.message(conversation.id, sent.id)).toEqual(sent);
    }
  });

  it('show in their conversation', async () => {
    const { reply } = await ana.send(conversation.id, 'One');
    const after = await read();
    expect(after).toMatchObject({ messageCount: 2, activeLeafId: reply.id });
    expect(after.lastMessageAt).toBe(reply.completedAt);
  });

  it('follow the last reply', async () => {
    const first = await ana.send(conversation.id, 'One');
    const second = await ana.send(conversation.id, 'Two');
    expect(second.message.parentId).toBe(first.reply.id);
  });

  it('are answered by the model that they name, else by that of the conversation', async () => {
    const named = await ana.send(conversation.id, 'One', { model: 'custom/other' });
    expect(named.reply.model).toBe('custom/other');
    expect((await ana.send(conversation.id, 'Two')).reply.model).toBe('custom/scripted');
    await ana.patch(`/conversations/${conversation.id}`, { model: 'custom/other' });
    expect((await ana.send(conversation.id, 'Three')).reply.model).toBe('custom/other');
    expect(model.calls.at(-1)!.body.model).toBe('other');
  });

  it('keep their text but for white space at its ends', async () => {
    const { message } = await ana.send(conversation.id, ' \n\t a \n b \u3000');
    expect(message.content).toBe('a \n b');
  });

  it.each([
    ['one unit', 'x'],
    ['as many units as are allowed', SMILE.repeat(25)],
    ['white space that trimming takes', ` ${'x'.repeat(50)} `],
  ])('are taken with %s', async (_what, content) => {
    expect((await send({ content })).status).toBe(201);
  });

  it.each<[string, unknown, string]>([
    ['no body', undefined, '/content'],
    ['no content', {}, '/content'],
    ['null for content', { content: null }, '/content'],
    ['a list for content', { content: ['x'] }, '/content'],
    ['empty content', { content: '' }, '/content'],
    ['nothing but white space', { content: ' \n\t\u00A0' }, '/content'],
    ['a unit too many', { content: `${SMILE.repeat(25)}x` }, '/content'],
    ['20,001 units', { content: 'x'.repeat(20_001) }, '/content'],
    ['a parent that is no id', { content: 'x', parentId: 'x' }, '/parentId'],
    ['null for a model', { content: 'x', model: null }, '/model'],
    ['an unknown field', { content: 'x', stream: true }, '/stream'],
  ])('are refused with %s, and leave nothing behind', async (_what, body, path) => {
    const answer = await send<ProblemBody>(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ path }] } });
    expect(await read()).toEqual(conversation);
  });

  it('are refused with a model that there is not, and leave nothing behind', async () => {
    const answer = await send<ProblemBody>({ content: 'x', model: 'custom/nope' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'unknown_model' } });
    expect(await read()).toEqual(conversation);
  });

  it.each([
    ['Refuse me', 502, 'model_failed', ''],
    ['Be down', 503, 'model_unavailable', ''],
    ['Say nothing', 502, 'model_failed', ''],
    ['Break off', 502, 'model_failed', 'Half an ans'],
  ])('are kept when the model fails at "%s"', async (content, status, code, text) => {
    const { headers, ...answer } = await send<ProblemBody>({ content });
    expect(answer).toMatchObject({ status, body: { code, conversationId: conversation.id } });
    expect(headers.get('retry-after')).toBeNull();
    const { messageId, replyId } = answer.body;
    expect(await ana.message(conversation.id, messageId!)).toMatchObject({ content, status: 'completed' });
    const reply = await ana.message(conversation.id, replyId!);
    expect(reply).toMatchObject({
      parentId: messageId,
      status: 'failed',
      finishReason: 'error',
      content: text,
    });
    expect(reply.error).toMatchObject({ code });
    expect(await read()).toMatchObject({ messageCount: 2, activeLeafId: replyId });
  });

  it.each(['a question', 'a conversation'])('are not found below %s that there is not', async (what) => {
    const { id } = what === 'a question' ? conversation : { id: newId() };
    const answer = await ana.get(`/conversations/${id}/messages/${newId()}`);
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('are not found in another conversation of the same account', async () => {
    const { message } = await ana.send(conversation.id, 'One');
    const other = await ana.conversation();
    expect((await ana.get<MessageResponse>(`/conversations/${other.id}/messages/${message.id}`)).status).toBe(
      404,
    );
  });
});
