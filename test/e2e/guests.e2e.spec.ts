import type { TokensResponse } from '../../src/auth/auth.dto';
import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import { Client, type Answered } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';
import { waitUntil } from '../support/wait-until';

const PASSWORD = 'quartz lemon bridge';
const REVOKED = { status: 401, body: { code: 'session_revoked' } };

describe('A guest that registers', () => {
  let parley: RunningApp;
  let names = 0;

  beforeAll(async () => {
    parley = await startApp();
  });

  afterAll(() => parley.close());

  const newName = () => `upgraded${++names}`;
  const register = (guest: Client, more: object = {}): Promise<Answered<TokensResponse & { code: string }>> =>
    guest.post('/auth/register', { username: newName(), password: PASSWORD, ...more });
  const refresh = ({ refreshToken }: TokensResponse) =>
    new Client(parley.url).post('/auth/refresh', { refreshToken });

  it('becomes the member, under the same id, and keeps its conversations', async () => {
    const guest = await Client.guest(parley.url);
    const { id } = await guest.conversation({ title: 'Oslo' });
    const username = newName();
    const { status, body } = await register(guest, { username, displayName: 'Ana' });
    expect(status).toBe(201);
    const { user } = guest.tokens!;
    expect(body.user).toEqual({ ...user, kind: 'member', username, displayName: 'Ana' });
    const kept = await new Client(parley.url, body).get<ConversationResponse>(`/conversations/${id}`);
    expect(kept.body.title).toBe('Oslo');
    const signedIn = await new Client(parley.url).post<TokensResponse>('/auth/login', {
      username,
      password: PASSWORD,
    });
    expect(signedIn.body.user.id).toBe(user.id);
  });

  it('has its old tokens ended', async () => {
    const guest = await Client.guest(parley.url);
    const { body } = await register(guest);
    expect(await refresh(guest.tokens!)).toMatchObject(REVOKED);
    const refused = await waitUntil(async () => {
      const answer = await guest.get('/users/me');
      return answer.status === 200 ? null : answer;
    }, 'a refusal');
    expect(refused).toMatchObject(REVOKED);
    expect((await refresh(body)).status).toBe(200);
  });

  it('stays the guest that it was when the name is taken', async () => {
    const taken = newName();
    await Client.member(parley.url, taken);
    const guest = await Client.guest(parley.url);
    const refused = await register(guest, { username: taken, displayName: 'Ana' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'username_taken' } });
    expect((await guest.get('/users/me')).body).toEqual(guest.tokens!.user);
    expect((await refresh(guest.tokens!)).status).toBe(200);
  });

  it('many times at once becomes a member once', async () => {
    const guest = await Client.guest(parley.url);
    const answers = await Promise.all(Array.from({ length: 10 }, () => register(guest)));
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    const losers = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code);
    expect(losers.every((code) => code === 'conflict' || code === 'session_revoked')).toBe(true);
    const [row] = await parley.database.query('select username from users where id = $1', [
      guest.tokens!.user.id,
    ]);
    expect(row).toEqual({ username: won[0]!.body.user.username });
  });

  it.each([
    ['a token that is none', 'Bearer nonsense', 401, 'unauthenticated'],
    ['another scheme', 'Basic YTpi', 401, 'unauthenticated'],
  ])('is refused with %s, though none is needed', async (_what, Authorization, status, code) => {
    const body = { username: newName(), password: PASSWORD };
    const headers = { Authorization };
    const refused = await new Client(parley.url).post('/auth/register', body, { headers });
    expect(refused).toMatchObject({ status, body: { code } });
  });

  it('is refused by an ended session', async () => {
    const guest = await Client.guest(parley.url);
    await guest.post('/auth/logout');
    expect(await register(guest)).toMatchObject(REVOKED);
  });

  it('as somebody who is a member already gets a second account', async () => {
    const member = await Client.member(parley.url, newName());
    const { status, body } = await register(member);
    expect(status).toBe(201);
    expect(body.user.id).not.toBe(member.tokens!.user.id);
    expect((await member.get('/users/me')).status).toBe(200);
  });
});

describe('A closed house', () => {
  let parley: RunningApp;

  beforeAll(async () => {
    parley = await startApp({ GUESTS: 'off', REGISTRATION: 'closed' });
  });

  afterAll(() => parley.close());

  it.each([
    ['/auth/guest', {}],
    ['/auth/register', { username: 'intruder', password: PASSWORD }],
  ])('lets nobody in by %s', async (path, body) => {
    const refused = await new Client(parley.url).post(path, body);
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await parley.database.query('select id from users')).toEqual([]);
  });
});
