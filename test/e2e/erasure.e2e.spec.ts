import type { TokensResponse } from '../../src/auth/auth.dto';
import { newId } from '../../src/common/ids';
import { Client } from '../support/client';
import { startScriptedApp, type ScriptedApp } from '../support/scripted-app';
import { tablesWith } from '../support/traces';
import { waitUntil } from '../support/wait-until';

const PASSWORD = 'quartz lemon bridge';

describe('An account that is erased', () => {
  let app: ScriptedApp;
  let names = 0;

  beforeAll(async () => {
    app = await startScriptedApp({ RATE_LIMITS: 'on', LIMIT_LOGIN: '1000/1m', LIMIT_REGISTER: '1000/1m' });
  });

  afterAll(() => app.parley.close());

  const newMember = async () => {
    const username = `leaver${++names}of-oslo`;
    return { username, client: await Client.member(app.parley.url, username, PASSWORD) };
  };
  const erase = (client: Client, body: object = { password: PASSWORD }) =>
    client.call('DELETE', '/users/me', body);

  /** Leaves something in every table that an account can leave something in. */
  async function useEverything(username: string, client: Client): Promise<Client> {
    const { url } = app.parley;
    await client.patch('/users/me', { displayName: `${username} shown` });
    const { id } = await client.conversation({ title: `${username} title` });
    await client.send(id, `${username} question`);
    await client.post('/auth/api-keys', { name: `${username} key`, scopes: ['chat'] });
    await client.post('/auth/ws-ticket');
    await new Client(url).post('/auth/login', { username, password: 'wrong wrong' });
    const headers = { 'User-Agent': `${username} browser` };
    const again = await new Client(url).post<TokensResponse>(
      '/auth/login',
      { username, password: PASSWORD },
      { headers },
    );
    return new Client(url, again.body);
  }

  it('leaves no row with its id or its name in any table', async () => {
    const { username, client } = await newMember();
    const other = await useEverything(username, client);
    const { id } = client.tokens!.user;
    const before = await tablesWith(app.parley.database, id);
    expect(before).toEqual(
      expect.arrayContaining(['api_keys', 'audit_events', 'conversations', 'messages', 'sessions', 'users']),
    );
    expect((await erase(other)).status).toBe(204);
    expect(await tablesWith(app.parley.database, id)).toEqual([]);
    expect(await tablesWith(app.parley.database, username)).toEqual([]);
  });

  it('leaves a line in the security log that tells nothing of whose it was', async () => {
    const { client } = await newMember();
    const count = async () => {
      const lines = await app.parley.database.query(
        `select user_id, actor_id, ip, user_agent, detail from audit_events where action = 'account.erased'`,
      );
      for (const line of lines)
        expect(line).toEqual({ user_id: null, actor_id: null, ip: null, user_agent: null, detail: {} });
      return lines.length;
    };
    const before = await count();
    await erase(client);
    expect(await count()).toBe(before + 1);
  });

  it('is taken out of the log however long that is, and whoever wrote it', async () => {
    const { client } = await newMember();
    const { id } = client.tokens!.user;
    await app.parley.database.query(
      `insert into audit_events (id, action, user_id, ip)
       select gen_random_uuid(), 'sign_in.failed', $1, '203.0.113.9' from generate_series(1, 12000)`,
      [id],
    );
    await erase(client); // whose answer waits for five seconds at most
    await waitUntil(
      async () => (await tablesWith(app.parley.database, id)).length === 0,
      'the last row',
      60_000,
    );
    expect(await tablesWith(app.parley.database, '203.0.113.9')).toEqual([]);
  });

  it('is signed out everywhere, and its name is free', async () => {
    const { username, client } = await newMember();
    await erase(client);
    const logIn = await new Client(app.parley.url).post('/auth/login', { username, password: PASSWORD });
    expect(logIn).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
    const { refreshToken } = client.tokens!;
    expect((await new Client(app.parley.url).post('/auth/refresh', { refreshToken })).status).toBe(401);
    await waitUntil(async () => (await client.get('/models')).status === 401, 'a refusal');
    const again = await Client.member(app.parley.url, username, PASSWORD);
    expect(again.tokens!.user.id).not.toBe(client.tokens!.user.id);
  });

  it('ends the reply that is being written for it, and the call of the model', async () => {
    const { client } = await newMember();
    const { id } = await client.conversation();
    app.model.answer('Talk on', async (answer) => {
      answer.text('Well, ');
      await answer.hang();
    });
    const stream = await client.ask(id, 'Talk on');
    await stream.until((_event, text) => text === 'Well, ');
    await erase(client);
    await expect(app.model.calls.at(-1)!.ended).resolves.toBe('left');
  });

  it.each([
    ['a wrong password', { password: 'wrong wrong' }, 401, 'invalid_credentials'],
    ['no password', {}, 401, 'invalid_credentials'],
    ['a number for a password', { password: 7 }, 400, 'validation_failed'],
    ['an unknown field', { password: PASSWORD, really: true }, 400, 'validation_failed'],
  ])('is not, with %s', async (_what, body, status, code) => {
    const { client } = await newMember();
    expect(await erase(client, body)).toMatchObject({ status, body: { code } });
    expect((await client.get('/users/me')).status).toBe(200);
  });

  it('of a guest needs no password', async () => {
    const guest = await Client.guest(app.parley.url);
    expect((await guest.call('DELETE', '/users/me')).status).toBe(204);
    expect(await tablesWith(app.parley.database, guest.tokens!.user.id)).toEqual([]);
  });

  it('many times at once is erased once', async () => {
    const { client } = await newMember();
    const last = newId();
    const answers = await Promise.all([1, 2, 3, 4].map(() => erase(client)));
    expect(answers.every(({ status }) => status === 204 || status === 401)).toBe(true);
    const lines = await app.parley.database.query(
      `select from audit_events where action = 'account.erased' and id > $1`,
      [last],
    );
    expect(lines).toHaveLength(1);
  });
});
