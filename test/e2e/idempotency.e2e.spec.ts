import { Client as Connection } from 'pg';
import { DataSource } from 'typeorm';
import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import type { ExchangeResponse, MessageResponse } from '../../src/conversations/message.dto';
import { newId } from '../../src/common/ids';
import { Client, type Answered, type ProblemBody } from '../support/client';
import { textOf } from '../support/event-stream';
import { makePatient } from '../support/patient-database';
import { startScriptedApp, type ScriptedApp } from '../support/scripted-app';
import { waitUntil } from '../support/wait-until';

type Exchange = ExchangeResponse & ProblemBody;

describe('The same request under the same key', () => {
  let app: ScriptedApp;
  let ana: Client;
  let id: string;

  beforeAll(async () => {
    app = await startScriptedApp();
    await makePatient(app.parley.app.get(DataSource));
  });

  beforeEach(async () => {
    ana = await Client.guest(app.parley.url);
    ({ id } = await ana.conversation());
  });

  afterAll(() => app.parley.close());

  const keyed = (key: string, more: Record<string, string> = {}) => ({
    headers: { 'Idempotency-Key': key, ...more },
  });
  const send = (key: string, content: string, more?: Record<string, string>, path = 'messages') =>
    ana.post<Exchange>(`/conversations/${id}/${path}`, { content }, keyed(key, more));
  const regenerate = (key: string, end: string) =>
    ana.post(`/conversations/${id}/messages/${newId()}/regenerate${end}`, {}, keyed(key));
  const isReplay = ({ headers }: Pick<Answered<unknown>, 'headers'>) =>
    headers.get('idempotency-replayed') === 'true';
  const callsOf = (content: string) => app.model.calls.filter(({ question }) => question === content).length;
  const waiting = async () => {
    const [found] = await app.parley.database.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    );
    return found!.count;
  };
  const question = () => `Where is it cold, ${newId()}?`;
  const count = async () => (await ana.get<ConversationResponse>(`/conversations/${id}`)).body.messageCount;

  it('asks once, and gets the first answer again', async () => {
    const [key, content] = [newId(), question()];
    const [first, second] = [await send(key, content), await send(key, content)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect([isReplay(first), isReplay(second)]).toEqual([false, true]);
    expect([callsOf(content), await count()]).toEqual([1, 2]);
  });

  it('fifty times at once asks once, and all get the one answer', async () => {
    const [key, content] = [newId(), question()];
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(key, content)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(201));
    expect(new Set(answers.map(({ body }) => body.reply.id)).size).toBe(1);
    expect(new Set(answers.map(({ body }) => body.reply.content)).size).toBe(1);
    expect(answers.filter((answer) => !isReplay(answer))).toHaveLength(1);
    expect([callsOf(content), await count()]).toEqual([1, 2]);
  });

  it('finds its own reply in its way, and joins it', async () => {
    const [key, content] = [newId(), question()];
    app.model.answer(content, (answer) => answer.whole('One ', 'two ', 'three.'));
    const holder = new Connection({ connectionString: app.parley.database.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from conversations where id = $1 for update', [id]);
    const answers = Array.from({ length: 6 }, () => send(key, content)); // all have looked for the key, and wait
    await waitUntil(async () => (await waiting()) === 6, 'all to wait for the conversation');
    await holder.query('commit');
    await holder.end();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(6).fill(201));
    expect([callsOf(content), await count()]).toEqual([1, 2]);
  });

  it('says the same whatever the order of its members', async () => {
    const [key, path] = [newId(), `/conversations/${id}/messages`];
    const json = { 'Content-Type': 'application/json' };
    const post = (raw: string) => ana.post<Exchange>(path, undefined, { ...keyed(key, json), raw });
    await post('{"content":"Hi","parentId":null}');
    const second = await post('{ "parentId": null, "content": "Hi" }');
    expect([second.status, isReplay(second)]).toEqual([201, true]);
  });

  it.each<[string, (key: string) => Promise<Answered<ProblemBody>>]>([
    ['another question', (key) => send(key, question())],
    ['another question to be streamed', (key) => send(key, question(), {}, 'messages/stream')],
    ['another route', (key) => ana.post('/conversations', {}, keyed(key))],
    ['a regeneration', (key) => regenerate(key, '')],
    ['a regeneration to be streamed', (key) => regenerate(key, '/stream')],
    [
      'a field more',
      (key) => ana.post(`/conversations/${id}/messages`, { content: 'Hi', parentId: null }, keyed(key)),
    ],
  ])('is refused when it is %s', async (_what, other) => {
    const key = newId();
    await send(key, 'Hi');
    expect(await other(key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    expect(await count()).toBe(2);
  });

  it('is refused in another conversation, also at the same moment', async () => {
    const key = newId();
    const ids = await Promise.all([1, 2, 3, 4].map(async () => (await ana.conversation()).id));
    const answers = await Promise.all(
      ids.map((at) => ana.post<Exchange>(`/conversations/${at}/messages`, { content: 'Hi' }, keyed(key))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422]);
  });

  it('is another request for another account', async () => {
    const key = newId();
    const ben = await Client.guest(app.parley.url);
    const [mine, his] = [
      await ana.post<ConversationResponse>('/conversations', {}, keyed(key)),
      await ben.post<ConversationResponse>('/conversations', {}, keyed(key)),
    ];
    expect(his.body.id).not.toBe(mine.body.id);
    expect(isReplay(his)).toBe(false);
  });

  it('gets the failure again, and calls no model for it', async () => {
    const [key, content] = [newId(), question()];
    app.model.answer(content, (answer) => answer.refuse(400));
    const [first, second] = [await send(key, content), await send(key, content)];
    expect([first.status, second.status]).toEqual([502, 502]);
    const { requestId: _one, ...problem } = first.body;
    expect(second.body).toMatchObject(problem);
    expect([isReplay(second), callsOf(content)]).toEqual([true, 1]);
  });

  it('is not kept where it was refused and nothing stored', async () => {
    const key = newId();
    const refused = await ana.post(
      `/conversations/${id}/messages`,
      { content: 'Hi', parentId: newId() },
      keyed(key),
    );
    expect(refused.status).toBe(404);
    expect((await send(key, 'Hi')).status).toBe(201);
  });

  it('gets 202 again where the first answer was that, as it was', async () => {
    const [key, content] = [newId(), question()];
    const first = await send(key, content, { Prefer: 'respond-async' });
    await (await ana.rejoin(id, first.body.reply.id, 0)).all();
    const second = await send(key, content);
    expect([first.status, second.status, isReplay(second)]).toEqual([202, 202, true]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
  });

  it('joins the stream of the reply that is being written', async () => {
    const [key, content] = [newId(), question()];
    app.model.answer(content, async (answer) => {
      await answer.drip('One two three four five');
      answer.finish();
      answer.done();
    });
    const path = `/conversations/${id}/messages/stream`;
    const streams = await Promise.all([1, 2, 3].map(() => ana.stream('POST', path, { content }, keyed(key))));
    const events = await Promise.all(streams.map((stream) => stream.all()));
    for (const seen of events) {
      expect(seen[0]).toMatchObject({ type: 'message.created', data: { reply: { status: 'pending' } } });
      expect(textOf(seen)).toBe((seen.at(-1)!.data.message as MessageResponse).content);
    }
    expect(streams.filter((stream) => isReplay(stream))).toHaveLength(2);
    expect(callsOf(content)).toBe(1);
  });

  it('streams the whole text after the end', async () => {
    const [key, content] = [newId(), question()];
    const path = `/conversations/${id}/messages/stream`;
    const [first, second] = [
      await (await ana.stream('POST', path, { content }, keyed(key))).all(),
      await (await ana.stream('POST', path, { content }, keyed(key))).all(),
    ];
    expect(second[0]).toEqual(first[0]);
    expect(second.at(-1)).toEqual(first.at(-1));
    expect(textOf(second)).toBe(textOf(first));
  });

  it('regenerates once', async () => {
    const { reply } = await ana.send(id, 'Hi');
    const path = `/conversations/${id}/messages/${reply.id}/regenerate`;
    const answers = [1, 2].map(() => ana.post<Exchange>(path, undefined, keyed('again')));
    const [one, two] = await Promise.all(answers);
    expect(one!.body.reply.id).toBe(two!.body.reply.id);
    expect(await count()).toBe(3);
  });

  it('makes one conversation, and shows it as it was made', async () => {
    const [key, body] = [newId(), { title: 'Trip', metadata: { b: '2', a: '1' } }];
    const make = () => ana.post<ConversationResponse>('/conversations', body, keyed(key));
    const [first, ...others] = await Promise.all(Array.from({ length: 10 }, make));
    await ana.patch(`/conversations/${first!.body.id}`, { title: 'Changed' });
    for (const answer of [...others, await make()]) {
      expect(answer.body).toEqual(first!.body);
      expect(answer.headers.get('location')).toBe(first!.headers.get('location'));
    }
    expect([first!, ...others].filter((answer) => !isReplay(answer))).toHaveLength(1);
  });

  it('is a new request after a day', async () => {
    const key = newId();
    const first = await ana.post<ConversationResponse>('/conversations', {}, keyed(key));
    await app.parley.database.query(
      `update idempotency_keys set expires_at = expires_at - interval '24 hours' where key = $1`,
      [key],
    );
    const second = await ana.post<ConversationResponse>('/conversations', {}, keyed(key));
    expect(second.body.id).not.toBe(first.body.id);
    expect(isReplay(second)).toBe(false);
  });

  it.each([
    ['/conversations', {}],
    ['/questions', { question: 'Where is it cold?' }],
  ])(
    'is refused at %s where another one held the key and has let it go without an outcome',
    async (path, body) => {
      const key = newId();
      const holder = new Connection({ connectionString: app.parley.database.url });
      await holder.connect();
      await holder.query('begin');
      await holder.query(
        `insert into idempotency_keys (user_id, key, request_hash, made_id, expires_at)
       values ($1, $2, '', $3, now() + interval '1 hour')`,
        [ana.tokens!.user.id, key, newId()],
      );
      const asked = ana.post(path, body, keyed(key));
      await waitUntil(async () => (await waiting()) === 1, 'it to wait for the holder');
      await holder.query('update idempotency_keys set expires_at = clock_timestamp() where key = $1', [key]);
      await holder.query('commit');
      await holder.end();
      expect(await asked).toMatchObject({ status: 409, body: { code: 'conflict' } });
    },
  );

  it.each(['x'.repeat(256), 'a b', '', 'b\u00e9'])('is refused with the key %j', async (key) => {
    const refused = await ana.post('/conversations', {}, keyed(key));
    expect(refused).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ path: 'header.Idempotency-Key' }] },
    });
  });
});
