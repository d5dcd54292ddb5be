import { newId } from '../../src/common/ids';
import type { QuestionResponse } from '../../src/questions/question.dto';
import { Client, type CallOptions } from '../support/client';
import { collectPages } from '../support/collect-pages';
import { startApp, type RunningApp } from '../support/running-app';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { Statements } from '../support/statements';
import { waitUntil } from '../support/wait-until';

describe('Questions', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    parley = await startApp({ LLM_BASE_URL: model.url, LLM_MODELS: 'scripted' });
  });

  beforeEach(async () => {
    ana = await Client.guest(parley.url);
  });

  afterAll(async () => {
    await parley.close();
    await model.close();
  });

  const ask = (question: string, options?: CallOptions) =>
    ana.post<QuestionResponse>('/questions', { question }, options);
  const read = async (id: string) => (await ana.get<QuestionResponse>(`/questions/${id}`)).body;
  const keyed = (key: string) => ({ headers: { 'Idempotency-Key': key } });
  const later = { headers: { Prefer: 'respond-async' } };

  it('are answered, kept, and read again by their id', async () => {
    const { status, headers, body } = await ask('  Where is it cold?\n');
    expect([status, headers.get('location')]).toEqual([201, `/api/v1/questions/${body.id}`]);
    expect(body).toMatchObject({
      question: 'Where is it cold?',
      answer: 'You said: Where is it cold?',
      status: 'completed',
      model: 'custom/scripted',
    });
    expect(body.usage!.totalTokens).toBeGreaterThan(0);
    expect(await read(body.id)).toEqual(body);
  });

  it('stand alone: none knows of another', async () => {
    await ask('My name is Ana.');
    await ask('What is my name?');
    expect(model.calls.at(-1)!.body.messages.map(({ role }) => role)).toEqual(['user']);
  });

  it('have no answer before it is whole', async () => {
    model.answer('Half', async (answer, { ended }) => {
      answer.text('Os');
      await ended;
    });
    const asked = await ask('Half', later);
    expect([asked.status, asked.headers.get('location')]).toEqual([
      202,
      `/api/v1/questions/${asked.body.id}`,
    ]);
    expect(asked.body).toMatchObject({ status: 'pending', answer: null, usage: null });
    await waitUntil(async () => (await read(asked.body.id)).status === 'streaming', 'an answer that begins');
    expect((await read(asked.body.id)).answer).toBeNull();
    await ana.delete('/conversations'); // and so the model's call ends
  });

  it('go on without whoever asked, and can be asked for later', async () => {
    model.answer('Later', (answer) => answer.whole('Oslo.'));
    const { body } = await ask('Later', later);
    await waitUntil(async () => (await read(body.id)).status === 'completed', 'the answer');
    expect(await read(body.id)).toMatchObject({ question: 'Later', answer: 'Oslo.' });
  });

  it('are kept as failed where the model fails, and the problem names them', async () => {
    model.answer('Refused', (answer) => answer.refuse(401));
    const { status, headers, body } = await ana.post('/questions', { question: 'Refused' });
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'model_unavailable', null]);
    expect(body).not.toHaveProperty('conversationId');
    expect(await read(body.replyId!)).toMatchObject({ question: 'Refused', status: 'failed', answer: null });
  });

  it('keep what there was of an answer that broke off', async () => {
    model.answer('Broken', (answer) => answer.text('Os'));
    const { body } = await ana.post('/questions', { question: 'Broken' });
    expect(body.code).toBe('model_failed');
    expect(await read(body.replyId!)).toMatchObject({ status: 'failed', answer: 'Os' });
  });

  it('are asked once under one key, whoever asks at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask('Once', keyed('q'))));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(answers.filter(({ headers }) => headers.has('idempotency-replayed'))).toHaveLength(4);
    expect(model.calls.filter(({ question }) => question === 'Once')).toHaveLength(1);
    expect((await ana.post('/questions', { question: 'Other' }, keyed('q'))).body.code).toBe(
      'idempotency_key_reused',
    );
  });

  it('fail again as they failed, without asking the model once more', async () => {
    model.answer('Refused once', (answer) => answer.refuse(401));
    const [first, second] = [
      await ana.post('/questions', { question: 'Refused once' }, keyed('f')),
      await ana.post('/questions', { question: 'Refused once' }, keyed('f')),
    ];
    expect([second.status, second.body.code, second.body.replyId]).toEqual([
      first.status,
      first.body.code,
      first.body.replyId,
    ]);
    expect(model.calls.filter(({ question }) => question === 'Refused once')).toHaveLength(1);
  });

  it.each<[string, unknown, string]>([
    ['empty', { question: '' }, '/question'],
    ['blank', { question: ' \n ' }, '/question'],
    ['missing', {}, '/question'],
    ['no text', { question: 5 }, '/question'],
    ['too long', { question: 'x'.repeat(5_001) }, '/question'],
    ['joined by a field that there is not', { question: 'x', n: 1 }, '/n'],
  ])('are refused where the question is %s', async (_what, body, path) => {
    const answer = await ana.post('/questions', body);
    expect([answer.status, answer.body.code, answer.body.errors!.map((error) => error.path)]).toEqual([
      400,
      'validation_failed',
      [path],
    ]);
  });

  it('may be as long as a message', async () => {
    const question = 'x'.repeat(5_000);
    expect((await ask(question)).body).toMatchObject({ question, answer: `You said: ${question}` });
  });

  it('are answered by the model that is asked for, if there is such a one', async () => {
    const wanted = (name: string) => ana.post('/questions', { question: 'Who?', model: name });
    expect((await wanted('custom/scripted')).status).toBe(201);
    expect((await wanted('custom/other')).body.code).toBe('unknown_model');
  });

  describe('in their list', () => {
    it('stand newest first, by pages without a gap or a repeat', async () => {
      const ids: string[] = [];
      for (const question of ['1', '2', '3', '4', '5']) ids.unshift((await ask(question)).body.id);
      const pages = await collectPages<QuestionResponse>(ana, '/questions?limit=2');
      expect(pages.map((rows) => rows.map(({ id }) => id))).toEqual([
        ids.slice(0, 2),
        ids.slice(2, 4),
        ids.slice(4),
      ]);
      expect(pages[0]![0]).toEqual(await read(ids[0]!));
    });

    it('stand alone: no conversation, no message of one, and nothing of anybody else', async () => {
      await ana.send((await ana.conversation()).id, 'A chat');
      const ben = await Client.guest(parley.url);
      await ben.post('/questions', { question: "Ben's" });
      const { body } = await ask('Mine');
      const list = await ana.get<{ data: QuestionResponse[] }>('/questions');
      expect(list.body.data).toEqual([body]);
    });

    it('are not taken for others by a cursor of another list', async () => {
      const cursor = Buffer.from(JSON.stringify([newId()])).toString('base64url');
      expect((await ana.get(`/questions?cursor=${cursor}`)).body.code).toBe('invalid_cursor');
    });

    it('cost one statement, whatever there is', async () => {
      const statements = new Statements(parley);
      for (const question of ['1', '2', '3']) await ask(question);
      expect(await statements.count(() => ana.get('/questions'))).toBe(1);
      expect(await statements.count(() => ana.get(`/questions/${newId()}`))).toBe(1);
    });
  });

  describe('in conversations', () => {
    const conversationOf = async (replyId: string): Promise<string> => {
      const [row] = await parley.database.query<{ id: string }>(
        'select conversation_id as id from messages where id = $1',
        [replyId],
      );
      return row!.id;
    };

    it('show in no list and no search', async () => {
      await ask('Where are penguins?');
      for (const path of ['/conversations', '/conversations?q=penguins', '/conversations?archived=true'])
        expect((await ana.get<{ data: unknown[] }>(path)).body.data).toEqual([]);
    });

    it('are none: they cannot be read, changed, deleted or gone on with there', async () => {
      const { body } = await ask('Mine');
      const path = `/conversations/${await conversationOf(body.id)}`;
      const answers = [
        await ana.get(path),
        await ana.get(`${path}/messages`),
        await ana.get(`${path}/export`),
        await ana.patch(path, { pinned: true }),
        await ana.post(`${path}/messages`, { content: 'And?' }),
        await ana.post(`${path}/messages/${body.id}/regenerate`),
        await ana.delete(path),
      ];
      expect(answers.map(({ body: { code } }) => code)).toEqual(Array(answers.length).fill('not_found'));
      expect(await read(body.id)).toEqual(body);
    });

    it('go with the whole history', async () => {
      const { body } = await ask('Mine');
      await ana.delete('/conversations');
      expect((await ana.get(`/questions/${body.id}`)).body.code).toBe('not_found');
    });

    it('are not what a chat has: its replies are no questions', async () => {
      const { reply } = await ana.send((await ana.conversation()).id, 'A chat');
      expect((await ana.get(`/questions/${reply.id}`)).body.code).toBe('not_found');
    });
  });

  it('count as usage', async () => {
    await ask('How much?');
    const { body } = await ana.get<{ data: { replies: number }[] }>('/users/me/usage');
    expect(body.data.map(({ replies }) => replies)).toEqual([1]);
  });
});

describe('Questions where sends are limited and headings made', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    parley = await startApp({
      ...{ LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', LLM_TITLE_MODEL: 'custom/scripted' },
      ...{ RATE_LIMITS: 'on', LIMIT_SEND: '2/1m' },
    });
  });

  afterAll(async () => {
    await parley.close();
    await model.close();
  });

  it('count as sends, and ask no model for a heading', async () => {
    const ana = await Client.guest(parley.url);
    await ana.post('/questions', { question: 'No heading, please' });
    await ana.send((await ana.conversation()).id, 'A heading, please');
    await waitUntil(() => model.calls.length === 3, "the chat's heading");
    const { status, body } = await ana.post('/questions', { question: 'Too many' });
    expect([status, body.code]).toEqual([429, 'rate_limited']);
    const asked = model.calls.filter((call) => JSON.stringify(call.body).includes('No heading, please'));
    expect(asked).toHaveLength(1);
  });
});
