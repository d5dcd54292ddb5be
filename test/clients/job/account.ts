import type { Calls } from '../calls';
import { refusal } from './talking';

/** The same client with a token, or with none. */
export type Open = (token?: string) => Calls;

const PASSWORD = 'quartz lemon bridge';
const NEW_PASSWORD = 'marble kite orchard';

/** A guest becomes a member, signs in elsewhere, makes a key, and leaves for good. */
export async function keepAccount(open: Open, username: string): Promise<void> {
  const member = await becomeMember(open, username);
  await useSessions(open, member, username);
  await useKeys(open, member);
  await takeOut(member, username);
  await leave(open, member, username);
}

async function becomeMember(open: Open, username: string): Promise<Calls> {
  const guest = await open().authGuest({ body: {} });
  expect(guest).toMatchObject({
    tokenType: 'Bearer',
    expiresIn: 600,
    user: { kind: 'guest', username: null },
  });
  const { id } = await open(guest.accessToken).conversationsCreate({ body: { title: 'From before' } });
  const registration = { username, password: PASSWORD, displayName: 'Ana' };
  const { accessToken, user } = await open(guest.accessToken).authRegister({ body: registration });
  expect(user).toMatchObject({ id: guest.user.id, kind: 'member', username, displayName: 'Ana' });
  const member = open(accessToken);
  await expect(member.conversationsList()).resolves.toMatchObject({ data: [{ id, title: 'From before' }] });
  await expect(open().authRegister({ body: registration })).rejects.toMatchObject(refusal('username_taken'));
  const short = open().authRegister({ body: { username: 'ben', password: 'short' } });
  const errors = [expect.objectContaining({ path: '/password' })];
  await expect(short).rejects.toMatchObject({ body: { code: 'validation_failed', errors } });
  return member;
}

async function useSessions(open: Open, member: Calls, username: string): Promise<void> {
  const login = () => open().authLogin({ body: { username, password: PASSWORD } });
  const { refreshToken } = await login();
  const again = open((await open().authRefresh({ body: { refreshToken: refreshToken! } })).accessToken);
  await expect(again.usersMe()).resolves.toMatchObject({ username });
  const { data } = await member.sessionsList({ query: { limit: 10 } });
  expect(data).toHaveLength(2);
  await member.sessionsEnd({ path: { id: data.find(({ current }) => !current)!.id } });
  const other = open((await login()).accessToken);
  await other.authLogout();
  await expect(other.usersMe()).rejects.toMatchObject(refusal('session_revoked'));
  await login();
  await member.sessionsEndOthers();
  await expect(member.sessionsList()).resolves.toMatchObject({ data: [{ current: true }], hasMore: false });
}

async function useKeys(open: Open, member: Calls): Promise<void> {
  const { key, ...made } = await member.apiKeysCreate({ body: { name: 'mine', scopes: ['read'] } });
  expect(made).toMatchObject({ name: 'mine', scopes: ['read'], prefix: key.slice(0, made.prefix.length) });
  const program = open(key);
  await expect(program.conversationsList()).resolves.toMatchObject({ data: [{ title: 'From before' }] });
  const write = program.conversationsCreate({ body: {} });
  await expect(write).rejects.toMatchObject(refusal('insufficient_scope'));
  await expect(member.apiKeysList()).resolves.toMatchObject({ data: [{ id: made.id, name: 'mine' }] });
  await member.apiKeysEnd({ path: { id: made.id } });
  await expect(member.apiKeysList()).resolves.toMatchObject({ data: [] });
  await expect(member.authTicket()).resolves.toMatchObject({ expiresIn: 30 });
}

async function takeOut(member: Calls, username: string): Promise<void> {
  const body = { displayName: 'Ana of Oslo', defaultModel: null };
  await expect(member.accountChange({ body })).resolves.toMatchObject({ username, ...body });
  const lines = (await member.accountExport()).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { username },
    { title: 'From before' },
  ]);
  const [from, to] = ['2026-01-01', '2026-01-31'];
  await expect(member.usageReport({ query: { from, to } })).resolves.toMatchObject({
    data: [],
    quota: { usedTokens: 0 },
  });
}

async function leave(open: Open, member: Calls, username: string): Promise<void> {
  await member.passwordsChange({ body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD } });
  const former = open().authLogin({ body: { username, password: PASSWORD } });
  await expect(former).rejects.toMatchObject(refusal('invalid_credentials'));
  await member.accountErase({ body: { password: NEW_PASSWORD } });
  const gone = open().authLogin({ body: { username, password: NEW_PASSWORD } });
  await expect(gone).rejects.toMatchObject(refusal('invalid_credentials'));
}
