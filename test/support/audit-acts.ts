import type { AuditAction } from '../../src/audit/audit-action';
import type { AuditEventResponse } from '../../src/audit/audit.dto';
import type { TokensResponse } from '../../src/auth/auth.dto';
import type { ApiKeyResponse } from '../../src/auth/api-keys/api-key.dto';
import { newId } from '../../src/common/ids';
import { BROWSERS } from './browsers';
import { aMember, newKey, PASSWORD, signedInAgain } from './callers';
import { Client, type CallOptions } from './client';
import type { RunningApp } from './running-app';

/** Failed sign-ins of one name, until the next is refused. */
const LOGINS = 3;

/** What the stage needs: an address of its own for each act, as a proxy tells it, and limits that only `sign_in.limited` meets. */
export const STAGE = {
  ...{ RATE_LIMITS: 'on', TRUST_PROXY: '1', LIMIT_LOGIN: `${LOGINS}/1m` },
  ...{ LIMIT_GUEST: '1000/1m', LIMIT_REGISTER: '1000/1m', LIMIT_DEFAULT: '10000/1m' },
};

/** Words that name or open something of the people in the acts: none belongs into a log. */
export const SECRETS = /member-|guest-|quartz|marble|wrong one|eyJ|rt_|pk_|wt_/i;

interface Stage {
  readonly parley: RunningApp;
  readonly admin: Client;
  /** Where the act itself is done from; whatever leads up to it comes from elsewhere. */
  readonly from: CallOptions;
}

/** What the log says of an act, but for when and from where. */
export type Line = Pick<AuditEventResponse, 'userId' | 'actorId' | 'detail'> & { readonly nowhere?: boolean };

export type Act = (stage: Stage) => Promise<Line>;

/** From an address that nobody else calls from. */
export const fromAddress = (ip: string, userAgent: string = BROWSERS.chromeOnWindows): CallOptions => ({
  headers: { 'X-Forwarded-For': ip, 'User-Agent': userAgent },
});

const idOf = ({ tokens }: Client): string => tokens!.user.id;
const byItself = (userId: string, detail = {}): Line => ({ userId, actorId: userId, detail });
const byNobody = (userId: string | null): Line => ({ userId, actorId: null, detail: {} });

export const logIn = (url: string, username: string | null, password: string, from: CallOptions) =>
  new Client(url).post<TokensResponse>('/auth/login', { username, password }, from);

/** Something that a new member does. */
const ofAMember =
  (act: (member: Client, stage: Stage) => Promise<unknown>): Act =>
  async (stage) => {
    const member = await aMember(stage.parley);
    await act(member, stage);
    return byItself(idOf(member));
  };

/** Something that an administrator changes of an account. */
const byTheAdmin =
  (changes: object, detail: Record<string, string> = {}, before?: object): Act =>
  async ({ parley, admin, from }) => {
    const userId = idOf(await aMember(parley));
    if (before) await admin.patch(`/users/${userId}`, before);
    await admin.call('PATCH', `/users/${userId}`, changes, from);
    return { userId, actorId: idOf(admin), detail };
  };

const registered: Act = async ({ parley: { url }, from }) => {
  const registration = { username: `member-${newId()}`, password: PASSWORD };
  return byItself(
    (await new Client(url).post<TokensResponse>('/auth/register', registration, from)).body.user.id,
  );
};

const upgraded: Act = async ({ parley: { url }, from }) => {
  const guest = await Client.guest(url);
  await guest.post('/auth/register', { username: `guest-${newId()}`, password: PASSWORD }, from);
  return byItself(idOf(guest));
};

const keyCreated: Act = async ({ parley, from }) => {
  const member = await aMember(parley);
  const wanted = { name: 'quartz', scopes: ['read'] };
  const { body } = await member.post<ApiKeyResponse>('/auth/api-keys', wanted, from);
  return byItself(idOf(member), { keyId: body.id });
};

const keyEnded: Act = async ({ parley, from }) => {
  const member = await aMember(parley);
  const { id: keyId } = await newKey(member, ['read']);
  await member.call('DELETE', `/auth/api-keys/${keyId}`, undefined, from);
  return byItself(idOf(member), { keyId });
};

const signedIn: Act = ofAMember(({ url, tokens }, { from }) =>
  logIn(url, tokens!.user.username, PASSWORD, from),
);

const signInFailed: Act = async ({ parley, from }) => {
  const { tokens } = await aMember(parley);
  await logIn(parley.url, tokens!.user.username, 'wrong one', from);
  return byNobody(tokens!.user.id);
};

let strangers = 0;

/** By strangers, each from another address. */
const signInLimited: Act = async ({ parley, from }) => {
  const { tokens } = await aMember(parley);
  for (let n = 0; n < LOGINS; n++)
    await logIn(parley.url, tokens!.user.username, 'wrong one', fromAddress(`198.51.100.${++strangers}`));
  await logIn(parley.url, tokens!.user.username, PASSWORD, from);
  return byNobody(tokens!.user.id);
};

const passwordSent = (currentPassword: string): Act =>
  ofAMember((member, { from }) => {
    const passwords = { currentPassword, newPassword: 'marble kite orchard' };
    return member.call('PUT', '/users/me/password', passwords, from);
  });

/** Signed in where no script sees the cookie, by another browser than the one that then calls. */
const sessionMoved: Act = async ({ parley: { url }, from }) => {
  const { body } = await new Client(url).post<TokensResponse>(
    ...(['/auth/guest', { transport: 'cookie' }, fromAddress('127.0.0.1', BROWSERS.firefoxOnLinux)] as const),
  );
  await new Client(url, body).get('/users/me', from);
  return byNobody(body.user.id);
};

const tokenReused: Act = async ({ parley: { url }, from }) => {
  const { tokens } = await Client.guest(url);
  let { refreshToken } = tokens!;
  for (let n = 0; n < 2; n++)
    ({ refreshToken } = (await new Client(url).post<TokensResponse>('/auth/refresh', { refreshToken })).body);
  await new Client(url).post('/auth/refresh', { refreshToken: tokens!.refreshToken }, from);
  return byNobody(tokens!.user.id);
};

const erased: Act = async ({ parley: { url }, from }) => {
  await (await Client.guest(url)).call('DELETE', '/users/me', {}, from);
  return { ...byNobody(null), nowhere: true };
};

/** One way to everything that the log tells of. */
export const ACTS: Readonly<Record<AuditAction, Act>> = {
  'account.registered': registered,
  'account.upgraded': upgraded,
  'account.exported': ofAMember((member, { from }) => member.get('/users/me/export', from)),
  'account.erased': erased,
  'account.disabled': byTheAdmin({ disabled: true }),
  'account.enabled': byTheAdmin({ disabled: false }, {}, { disabled: true }),
  'api_key.created': keyCreated,
  'api_key.ended': keyEnded,
  'password.changed': passwordSent(PASSWORD),
  'password.refused': passwordSent('wrong one'),
  'quota.changed': byTheAdmin({ quotaTokens: 5 }, { quotaTokens: '5' }),
  'role.changed': byTheAdmin({ role: 'admin' }, { role: 'admin' }),
  'session.ended': ofAMember((member, { from }) => member.post('/auth/logout', undefined, from)),
  'session.moved': sessionMoved,
  'sessions.ended': ofAMember(async (member, { from }) => {
    await signedInAgain(member);
    await member.call('DELETE', '/auth/sessions', undefined, from);
  }),
  'sign_in.succeeded': signedIn,
  'sign_in.failed': signInFailed,
  'sign_in.limited': signInLimited,
  'token.reused': tokenReused,
};

/** Other ways to some of it. */
export const MORE_ACTS: readonly (readonly [AuditAction, string, Act])[] = [
  [
    'quota.changed',
    'back to what is configured',
    byTheAdmin({ quotaTokens: null }, { quotaTokens: 'null' }, { quotaTokens: 5 }),
  ],
  ['role.changed', 'back', byTheAdmin({ role: 'user' }, { role: 'user' }, { role: 'admin' })],
  ['sign_in.succeeded', 'by registering', registered],
  ['sign_in.succeeded', 'by registering as a guest', upgraded],
  [
    'sign_in.failed',
    'by a name that nobody has',
    async ({ parley, from }) => {
      await logIn(parley.url, `member-${newId()}`, 'wrong one', from);
      return byNobody(null);
    },
  ],
];
