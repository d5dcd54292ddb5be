import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import { FirstTexts } from '../../src/conversations/replies/first-texts';
import { growBranch } from '../support/branches';
import { Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { Statements } from '../support/statements';

const CREDENTIALS = { username: 'counted', password: 'quartz lemon bridge' };

describe('Statements to the database', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let statements: Statements;
  let ana: Client;
  let id: string;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    parley = await startApp({ LLM_BASE_URL: model.url, LLM_MODELS: 'scripted' });
    statements = new Statements(parley);
    const now = performance.now();
    jest.spyOn(performance, 'now').mockReturnValue(now); // else who is there would be asked again every four seconds
  });

  beforeEach(async () => {
    ana = await Client.guest(parley.url);
    ({ id } = await ana.conversation()); // and so the session is known
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    await parley.close();
    await model.close();
  });

  const grow = (count: number) =>
    growBranch(parley.database, { userId: ana.tokens!.user.id, conversationId: id }, count);
  const count = (act: () => Promise<unknown>) => statements.count(act);

  describe.each([2, 60])('with %i messages of history', (history) => {
    let ids: string[];

    beforeEach(async () => {
      ids = await grow(history);
    });

    it.each<[string, number, (path: string) => Promise<unknown>]>([
      ['a conversation is read', 1, (path) => ana.get(path)],
      ['conversations are listed', 1, () => ana.get('/conversations')],
      ['a conversation is changed', 2, (path) => ana.patch(path, { title: 'Trip' })],
      ['a branch is chosen', 4, (path) => ana.patch(path, { activeLeafId: ids[0] })],
      ['a conversation is deleted', 5, (path) => ana.delete(path)],
      ['everything is deleted', 8, () => ana.delete('/conversations')],
      ['the context of a reply is read', 1, (path) => ana.get(`${path}/messages/${ids.at(-1)}/context`)],
      ['a message is read', 1, (path) => ana.get(`${path}/messages/${ids.at(-1)}`)],
      ['a page of a branch is read', 2, (path) => ana.get(`${path}/messages`)],
      ['a page of another branch is read', 3, (path) => ana.get(`${path}/messages?leafId=${ids[0]}`)],
      [
        'an ended reply is streamed',
        1,
        async (path) => (await ana.stream('GET', `${path}/messages/${ids[1]}/stream`)).all(),
      ],
      ['an ended reply is to be cancelled', 1, (path) => ana.post(`${path}/messages/${ids[1]}/cancel`)],
    ])('when %s are %i', async (_what, expected, act) => {
      expect(await count(() => act(`/conversations/${id}`))).toBe(expected);
    });

    it.each<[string, () => Promise<unknown>]>([
      ['is waited for', () => ana.send(id, 'Hi')],
      ['is streamed', async () => (await ana.ask(id, 'Hi')).all()],
    ])('when a reply %s are look, read, write and settle', async (_how, act) => {
      const before = statements.seen.length;
      await act();
      expect(statements.seen.slice(before).map(shortOf)).toEqual([
        'with conversation',
        'with recursive',
        'with touched',
        'with conversation',
      ]);
    });
  });

  it('store a first text for whoever reads it, and for nobody who waits for the end', async () => {
    const store = jest.spyOn(parley.app.get(FirstTexts), 'store');
    await ana.send(id, 'Hi');
    expect(store).not.toHaveBeenCalled();
    await (await ana.ask(id, 'Hi')).all();
    expect(store).toHaveBeenCalledTimes(1);
    store.mockRestore();
  });

  it('delete a long history a few conversations at a time', async () => {
    for (let n = 0; n < 5; n++) await ana.conversation();
    await parley.database.query('update conversations set message_count = 15000 where user_id = $1', [
      ana.tokens!.user.id,
    ]);
    expect(await count(() => ana.delete('/conversations'))).toBe(3 * 5 + 3); // two at a time, and then none
  });

  it('are a transaction more where a quota applies to the account', async () => {
    await parley.database.query('update users set quota_tokens = 1000000 where id = $1', [
      ana.tokens!.user.id,
    ]);
    expect(await count(() => ana.send(id, 'Hi'))).toBe(4 + 3);
  });

  it('are a transaction and the key more under one, and three for what was sent before', async () => {
    const send = () =>
      ana.post(
        `/conversations/${id}/messages`,
        { content: 'Hi' },
        { headers: { 'Idempotency-Key': 'once' } },
      );
    expect(await count(send)).toBe(4 + 2 + 2);
    expect(await count(send)).toBe(3);
  });

  describe('when a completion is asked for', () => {
    const complete = (more: object = {}, key?: string) =>
      ana.post(
        '//v1/chat/completions',
        { model: 'custom/scripted', messages: [{ role: 'user', content: 'Hi' }], stream: true, ...more },
        { headers: key === undefined ? {} : { 'Idempotency-Key': key } },
      );
    const seenWhile = async (act: () => Promise<unknown>) => {
      const before = statements.seen.length;
      await act();
      return statements.seen.slice(before).map(shortOf);
    };
    const reserving = ['start transaction', 'select u.quota_tokens::float8', 'insert into', 'commit'];

    it('are a look for a quota, a note of the call, and the count', async () => {
      expect(await seenWhile(() => complete())).toEqual([...reserving, 'with freed']);
    });

    it('are one more where it is kept, whatever its length', async () => {
      expect(await seenWhile(() => complete({ store: true }))).toEqual([
        ...reserving,
        'with held',
        'with freed',
      ]);
      const messages = Array.from({ length: 300 }, (_, n) => ({
        role: n % 2 ? 'assistant' : 'user',
        content: 'Hi',
      }));
      expect(await count(() => complete({ store: true, messages }))).toBe(6);
    });

    it('are one more again under a key, and three for what was asked before', async () => {
      expect(await seenWhile(() => complete({ store: true }, 'v1'))).toEqual([
        ...['insert into', ...reserving, 'with held', 'with freed'],
      ]);
      expect(await count(() => complete({ store: true }, 'v1'))).toBe(3);
    });
  });

  it('are look and read where a question is refused', async () => {
    const { reply } = await ana.send(id, 'Hi');
    const refuse = () =>
      ana.post(`/conversations/${id}/messages`, { content: 'Hi', parentId: reply.parentId });
    expect(await count(refuse)).toBe(2);
  });

  it.each<[string, number, () => Promise<unknown>]>([
    ['a guest signs in', 2, () => Client.guest(parley.url)],
    ['a conversation is made', 1, () => ana.conversation()],
    ['the models are listed', 0, () => ana.get('/models')],
    ['the models are listed for OpenAI clients', 0, () => ana.get('//v1/models')],
    ['somebody asks who he is', 1, () => ana.get('/users/me')],
    ['somebody asks for the usage', 2, () => ana.get('/users/me/usage')],
    ['somebody signs out', 2, () => ana.post('/auth/logout')],
    ['a token is refreshed', 3, () => ana.post('/auth/refresh', { refreshToken: ana.tokens!.refreshToken })],
    ['a body is refused', 0, () => ana.post('/conversations', { title: 1 })],
    ['a token is refused', 0, () => new Client(parley.url).get('/users/me')],
    ['the process is asked whether it lives', 0, () => ana.get('//health/live')],
  ])('when %s are %i', async (_what, expected, act) => {
    expect(await count(act)).toBe(expected);
  });

  it('when a member registers and signs in are four and three', async () => {
    expect(await count(() => new Client(parley.url).post('/auth/register', CREDENTIALS))).toBe(4);
    expect(await count(() => ana.post('/auth/login', CREDENTIALS))).toBe(3);
  });

  it('are one more when a session is met for the first time', async () => {
    const [cold, warm] = [await Client.guest(parley.url), ana];
    const ask = (client: Client) => client.get<ConversationResponse>(`/conversations/${id}`);
    expect(await count(() => ask(cold))).toBe((await count(() => ask(warm))) + 1);
  });
});

describe('Statements to the database where limits are on, and all accounts have a quota', () => {
  it('are one more for each limit that replicas share, and a transaction for the quota', async () => {
    const { parley, ana } = await startScriptedApp({ RATE_LIMITS: 'on', QUOTA_TOKENS: '1000000' });
    const statements = new Statements(parley);
    const { id } = await ana.conversation();
    expect(await statements.count(() => ana.get('/models'))).toBe(0);
    expect(await statements.count(() => Client.guest(parley.url))).toBe(2 + 1);
    expect(await statements.count(() => ana.send(id, 'Hi'))).toBe(4 + 2 + 2);
    await parley.close();
  });
});

/** Its first words. */
const shortOf = (statement: string) =>
  statement.toLowerCase().replace(/\s+/g, ' ').split(' ').slice(0, 2).join(' ');
