import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import type { ExchangeResponse, MessageResponse } from '../../src/conversations/message.dto';
import { Client, type CallOptions, type ProblemBody } from '../support/client';
import { textOf } from '../support/event-stream';
import { startScriptedApp, type ScriptedApp } from '../support/scripted-app';

describe('Regenerating a reply', () => {
  let app: ScriptedApp;
  let ana: Client;
  let id: string;
  let first: ExchangeResponse;
  let answers = 0;

  beforeAll(async () => {
    app = await startScriptedApp({ LLM_MODELS: 'scripted,other' });
    app.model.answerAll((answer) => answer.whole(`Answer ${++answers}`));
    app.model.answer('Talk on', (answer) => answer.hang());
    app.model.answer('Fail', (answer) => answer.refuse(500));
  });

  beforeEach(async () => {
    ana = await Client.guest(app.parley.url);
    ({ id } = await ana.conversation());
    first = await ana.send(id, 'Where is it cold?');
  });

  afterAll(() => app.parley.close());

  const path = (replyId = first.reply.id) => `/conversations/${id}/messages/${replyId}/regenerate`;
  const regenerate = <Body = ExchangeResponse>(replyId?: string, body?: object, options?: CallOptions) =>
    ana.post<Body>(path(replyId), body, options);
  const conversation = async () => (await ana.get<ConversationResponse>(`/conversations/${id}`)).body;

  it('asks the same question again, and keeps both answers', async () => {
    const { status, headers, body } = await regenerate();
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/v1/conversations/${id}/messages/${body.reply.id}`);
    expect(body.message).toEqual(first.message);
    expect(body.reply.content).not.toBe(first.reply.content);
    const siblingIds = [first.reply.id, body.reply.id];
    expect(body.reply).toMatchObject({ parentId: first.message.id, status: 'completed', siblingIds });
    expect(await ana.message(id, first.reply.id)).toEqual({ ...first.reply, siblingIds });
  });

  it('makes the new reply the active branch, and counts one message', async () => {
    const { body } = await regenerate();
    expect(await conversation()).toMatchObject({ activeLeafId: body.reply.id, messageCount: 3 });
    const page = await ana.get<{ data: MessageResponse[] }>(`/conversations/${id}/messages`);
    expect(page.body.data.map((message) => message.id)).toEqual([body.reply.id, first.message.id]);
  });

  it('gives the model what came before the question, and not the former answer', async () => {
    const second = await ana.send(id, 'And warm?');
    await regenerate(second.reply.id);
    expect(app.model.calls.at(-1)!.body.messages).toEqual([
      { role: 'user', content: 'Where is it cold?' },
      { role: 'assistant', content: first.reply.content },
      { role: 'user', content: 'And warm?' },
    ]);
  });

  it('takes another model', async () => {
    expect((await regenerate(undefined, { model: 'custom/other' })).body.reply.model).toBe('custom/other');
    const refused = await regenerate<ProblemBody>(undefined, { model: 'custom/none' });
    expect(refused).toMatchObject({ status: 400, body: { code: 'unknown_model' } });
  });

  it('goes on from a reply that is not the last of its branch', async () => {
    await ana.send(id, 'And warm?');
    const { body } = await regenerate();
    expect(await conversation()).toMatchObject({ activeLeafId: body.reply.id, messageCount: 5 });
  });

  it('mends a reply that failed', async () => {
    const failed = await ana.post(`/conversations/${id}/messages`, { content: 'Fail' });
    expect(failed.status).toBe(503);
    app.model.answer('Fail', (answer) => answer.whole('Mended'));
    expect((await regenerate(failed.body.replyId)).body.reply.content).toBe('Mended');
  });

  it('is streamed like a question', async () => {
    const stream = await ana.stream('POST', `${path()}/stream`);
    const events = await stream.all();
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['message.created', 'message.delta', 'message.completed']),
    );
    const [created, last] = [events[0]!.data, events.at(-1)!.data] as unknown as [
      ExchangeResponse,
      { message: MessageResponse },
    ];
    expect(created.message).toEqual(first.message);
    expect(last.message.id).toBe(created.reply.id);
    expect(textOf(events)).toBe(last.message.content);
  });

  it('need not be waited for', async () => {
    const { status, body } = await regenerate(undefined, undefined, {
      headers: { Prefer: 'respond-async' },
    });
    expect(status).toBe(202);
    expect(body.reply.status).toBe('pending');
  });

  it('is refused while a reply is being written', async () => {
    const options = { headers: { Prefer: 'respond-async' } };
    const { body } = await ana.post<ExchangeResponse>(
      `/conversations/${id}/messages`,
      { content: 'Talk on' },
      options,
    );
    const refusal = { status: 409, body: { code: 'reply_in_progress', replyId: body.reply.id } };
    for (const replyId of [first.reply.id, body.reply.id]) {
      expect(await regenerate(replyId)).toMatchObject(refusal);
      expect(await ana.post(`${path(replyId)}/stream`)).toMatchObject(refusal);
    }
  });

  it('is done once when it is asked for many times at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () =>
        regenerate(undefined, undefined, { headers: { Prefer: 'respond-async' } }),
      ),
    );
    const taken = outcomes.filter(({ status }) => status === 202);
    expect(taken.length).toBeGreaterThan(0);
    expect((await conversation()).messageCount).toBe(2 + taken.length);
    const others = outcomes.filter(({ status }) => status !== 202).map(({ status }) => status);
    expect(others.every((status) => status === 409)).toBe(true);
  });

  it('finds no question', async () => {
    const refused = await regenerate<ProblemBody>(first.message.id);
    expect(refused).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('is refused at a hundred replies to one question', async () => {
    await app.parley.database.query(
      `insert into messages (id, user_id, conversation_id, parent_id, role, status, content, tokens, completed_at)
       select gen_random_uuid(), user_id, conversation_id, parent_id, role, status, content, tokens, completed_at
       from messages, generate_series(1, 99) where id = $1`,
      [first.reply.id],
    );
    expect(await regenerate()).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it.each([
    [{ model: 7 }, '/model'],
    [{ content: 'Hi' }, '/content'],
  ])('is refused with %j', async (body, at) => {
    const refused = await regenerate<ProblemBody>(undefined, body);
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: at }] } });
  });
});
