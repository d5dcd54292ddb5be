import { dictionary } from '@zxcvbn-ts/language-common';
import crypto from 'node:crypto';
import type { TicketResponse, TokensResponse } from '../../src/auth/auth.dto';
import { PasswordPolicy } from '../../src/auth/passwords/password-policy';
import { loadConfig } from '../../src/config/config';
import { aMember, anAdmin, newKey, PASSWORD, signedInAgain } from '../support/callers';
import { Client, type ProblemBody } from '../support/client';
import { OPERATIONS } from '../support/operations';
import { expectProblem } from '../support/problem';
import { reachOf } from '../support/reach';
import { callRoute, nameOf, ROUTES } from '../support/routes';
import { startApp, type RunningApp } from '../support/running-app';
import { soon } from '../support/soon';

const SECRET = 'a secret that only this file knows, of a good length';
const [IDLE_SECONDS, MAX_SECONDS] = [7_200, 10_800];
const OPENING = ['guest', 'login', 'register'].map((way) => `POST /api/v1/auth/${way}`);
const ADMIN_FIELDS = ['actorId', 'disabledAt', 'lastSeenAt', 'quotaTokens'];
const ADMIN_CHANGES = ['disabled', 'quotaTokens', 'role'];

/** What OWASP ASVS asks for and no other file shows; docs/security.md says which line needs which test. */
describe('Parley', () => {
  let parley: RunningApp;
  let accountsAtStart: object[];

  beforeAll(async () => {
    parley = await startApp({ JWT_SECRET: SECRET, SESSION_IDLE_TTL: '2h', SESSION_MAX_TTL: '3h' });
    accountsAtStart = await parley.database.query('select id from users');
  });

  afterEach(() => jest.restoreAllMocks());

  afterAll(() => parley.close());

  const idOf = ({ tokens }: Client) => tokens!.user.id;
  const refresh = <Body = ProblemBody>({ tokens }: Client) =>
    new Client(parley.url).post<Body>('/auth/refresh', { refreshToken: tokens!.refreshToken });
  const change = (of: Client, set: string) =>
    parley.database.query(`update sessions set ${set} where user_id = $1`, [idOf(of)]);
  const sessionIds = async () =>
    (await parley.database.query<{ id: string }>('select id from sessions')).map(({ id }) => id);

  it('has no account before somebody makes one', () => {
    expect(accountsAtStart).toEqual([]);
  });

  it('refuses seven characters for a new password, be it the first one or a later one, and takes eight', async () => {
    const ana = await aMember(parley);
    const statusesOf = async (password: string) => {
      const registration = { username: 'short-of-one', password };
      const passwords = { currentPassword: PASSWORD, newPassword: password };
      const registered = await new Client(parley.url).post('/auth/register', registration);
      return [registered.status, (await ana.call('PUT', '/users/me/password', passwords)).status];
    };
    expect(await statusesOf('kq7 #2v')).toEqual([400, 400]);
    expect(await statusesOf('kq7 #2vx')).toEqual([201, 204]);
  });

  it('refuses each of the 3,000 commonest passwords that are long enough', async () => {
    const policy = new PasswordPolicy(loadConfig({ JWT_SECRET: SECRET }));
    const commonest = dictionary['passwords-common'].filter(({ length }) => length >= 8).slice(0, 3_000);
    expect(commonest).toHaveLength(3_000);
    for (const password of commonest)
      await expect(policy.check('/password', password, [])).rejects.toMatchObject({
        code: 'validation_failed',
      });
  });

  it('takes a password for as long as it is not changed', async () => {
    const ana = await aMember(parley);
    const columns = await parley.database.query<{ name: string }>(
      `select column_name as name from information_schema.columns
       where table_name = 'users' and data_type like 'timestamp%'`,
    );
    const older = columns.map(({ name }) => `${name} = ${name} - interval '10 years'`).join();
    await parley.database.query(`update users set ${older} where id = $1`, [idOf(ana)]);
    const again = await signedInAgain(ana);
    expect((await again.get('/users/me')).status).toBe(200);
  });

  describe('opens sessions', () => {
    it('by secrets of 128 random bits or more, each drawn from the CSPRNG and another each time', async () => {
      const random = jest.spyOn(crypto, 'randomBytes');
      const ana = await aMember(parley);
      for (let n = 0; n < 5; n++) await signedInAgain(ana);
      const salts = await parley.database.query<{ salt: Buffer }>(
        'select salt from sessions where user_id = $1',
        [idOf(ana)],
      );
      const { ticket } = (await ana.post<TicketResponse>('/auth/ws-ticket')).body;
      const { key } = await newKey(ana, ['chat']);
      const secrets = salts.map(({ salt }) => salt.toString('hex'));
      secrets.push(Buffer.from(ticket.slice(3), 'base64url').toString('hex'), key.slice(3, -8));
      const drawn = random.mock.results.map(({ value }) =>
        (value as unknown) instanceof Buffer ? (value as Buffer).toString('hex') : null,
      );
      expect(drawn).toEqual(expect.arrayContaining(secrets));
      expect(new Set(secrets).size).toBe(8);
      for (const secret of secrets) expect(secret.length).toBeGreaterThanOrEqual(128 / 4);
    });

    it('side by side, as many as an account is signed in to, and ends none for another', async () => {
      const ana = await aMember(parley);
      for (let n = 0; n < 40; n++) await signedInAgain(ana);
      expect((await ana.get('/users/me')).status).toBe(200);
      const { body } = await ana.get<{ data: object[] }>('/auth/sessions?limit=100');
      expect(body.data).toHaveLength(41);
    });

    it('when somebody asks to be signed in, and by no other operation', async () => {
      for (const route of ROUTES.filter((route) => !OPENING.includes(nameOf(route)))) {
        const caller = await anAdmin(parley);
        const before = await sessionIds();
        await callRoute(caller, route);
        const opened = (await sessionIds()).filter((id) => !before.includes(id));
        expect({ route, opened }).toEqual({ route, opened: [] });
      }
    });

    it('for the times that are configured, of which a refresh moves the idle one alone', async () => {
      const ana = await aMember(parley);
      const times = async () =>
        (
          await parley.database.query<{ idle: number; max: number }>(
            `select extract(epoch from idle_expires_at - created_at)::float8 as idle,
               extract(epoch from expires_at - created_at)::float8 as max from sessions where user_id = $1`,
            [idOf(ana)],
          )
        )[0]!;
      expect((await times()).idle).toBeCloseTo(IDLE_SECONDS, 0);
      expect((await times()).max).toBeCloseTo(MAX_SECONDS, 0);
      await change(ana, `created_at = created_at - interval '1 hour'`);
      const { max } = await times();
      expect((await refresh(ana)).status).toBe(200);
      const after = await times();
      expect(after.max).toBe(max);
      expect(after.idle).toBeGreaterThan(IDLE_SECONDS + 3_600 - 1);
    });

    it.each(['idle_expires_at', 'expires_at'])('whose access tokens end with them at %s', async (end) => {
      const ana = await aMember(parley);
      await change(ana, `${end} = now()`);
      expectProblem(await ana.get('/users/me'), 401, 'session_revoked');
    });
  });

  describe('lets administrators', () => {
    it('sign an account out everywhere, soon and for good', async () => {
      const [admin, ana, ben] = [await anAdmin(parley), await aMember(parley), await aMember(parley)];
      const sessions = [ana, await signedInAgain(ana)];
      for (const session of sessions) expect((await session.get('/users/me')).status).toBe(200);
      expect((await admin.delete(`/users/${idOf(ana)}/sessions`)).status).toBe(204);
      const refused = sessions.map((session) =>
        soon(
          () => session.get('/users/me'),
          ({ status }) => status === 401,
        ),
      );
      for (const session of sessions) expectProblem(await refresh(session), 401, 'session_revoked');
      await Promise.all(refused);
      for (const session of sessions) expectProblem(await session.get('/users/me'), 401, 'session_revoked');
      expect((await ben.get('/users/me')).status).toBe(200);
      expect((await (await signedInAgain(ana)).get('/users/me')).status).toBe(200);
    });

    it('alone sign accounts out', async () => {
      const ana = await aMember(parley);
      for (const caller of [ana, await aMember(parley), await Client.guest(parley.url)])
        expectProblem(await caller.delete(`/users/${idOf(ana)}/sessions`), 403, 'forbidden');
      expect((await refresh<TokensResponse>(ana)).status).toBe(200);
    });

    it('alone see and change what the contract has for administration', () => {
      const ours = OPERATIONS.filter(({ route }) => !route.path.startsWith('/v1/')); // there, `role` is a message's
      const forAdmins = ours.filter(
        ({ asks, gives }) =>
          asks.some((field) => ADMIN_CHANGES.includes(field)) ||
          gives.some((field) => ADMIN_FIELDS.includes(field)),
      );
      expect(forAdmins.length).toBeGreaterThan(0);
      expect(forAdmins.filter(({ route }) => reachOf(route) !== 'admin')).toEqual([]);
    });
  });
});
