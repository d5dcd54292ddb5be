import { Client as Connection } from 'pg';
import { DataSource } from 'typeorm';
import type { TokensResponse } from '../../src/auth/auth.dto';
import { aMember, PASSWORD } from '../support/callers';
import { Client } from '../support/client';
import { makePatient } from '../support/patient-database';
import { startApp, type RunningApp } from '../support/running-app';
import { waitUntil } from '../support/wait-until';

const ROUNDS = 25;

describe('A session whose account changes at that moment', () => {
  let parley: RunningApp;

  beforeAll(async () => {
    parley = await startApp();
    await makePatient(parley.app.get(DataSource));
  });

  afterAll(() => parley.close());

  const refresh = ({ refreshToken }: TokensResponse) =>
    new Client(parley.url).post<TokensResponse>('/auth/refresh', { refreshToken });
  const changePassword = (client: Client) =>
    client.call('PUT', '/users/me/password', { currentPassword: PASSWORD, newPassword: `${PASSWORD} 2` });

  it('is refreshed, and not taken for stolen', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const member = await aMember(parley);
      const [changed, ...refreshed] = await Promise.all([
        changePassword(member),
        ...Array.from({ length: 4 }, () => refresh(member.tokens!)),
      ]);
      expect(changed.status).toBe(204);
      expect(refreshed.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    }
    const stolen = await parley.database.query(`select from audit_events where action = 'token.reused'`);
    expect(stolen).toEqual([]);
  });

  // As the change of a password does it: the account and the session are locked, and change together.
  const PASSWORD_CHANGED = [
    'update users set session_epoch = session_epoch + 1 where id = $1',
    'update sessions set epoch = epoch + 1 where user_id = $1',
  ];

  const whileChanging = async <T>(
    client: Client,
    act: () => Promise<T>,
    changes = PASSWORD_CHANGED,
  ): Promise<T> => {
    const other = new Connection({ connectionString: parley.database.url });
    await other.connect();
    await other.query('begin');
    for (const change of changes) await other.query(change, [client.tokens!.user.id]);
    const acting = act();
    await waitUntil(async () => {
      const [waiting] = await parley.database.query<{ count: number }>(
        `select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      );
      return waiting!.count > 0;
    }, 'the other to wait');
    await other.query('commit');
    await other.end();
    return acting;
  };

  it('is refreshed once the change is done', async () => {
    const member = await aMember(parley);
    const answer = await whileChanging(member, () => refresh(member.tokens!));
    expect(answer).toMatchObject({ status: 200 });
  });

  it.each([
    ['is being erased', 'update users set erased_at = now() where id = $1'],
    ['has just gone', 'delete from users where id = $1'],
  ])('is not opened when the account %s after the password was found right', async (_what, change) => {
    const member = await aMember(parley);
    const credentials = { username: member.tokens!.user.username, password: PASSWORD };
    const signIn = () => new Client(parley.url).post('/auth/login', credentials);
    const answer = await whileChanging(member, signIn, [change]);
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
  });

  it('is ended by a logout that had to wait', async () => {
    const member = await aMember(parley);
    const left = await whileChanging(member, () => member.post('/auth/logout'));
    expect(left).toMatchObject({ status: 204 });
    expect(await refresh(member.tokens!)).toMatchObject({ status: 401, body: { code: 'session_revoked' } });
    expect((await member.get('/users/me')).status).toBe(401);
  });

  it('goes on with a token that is ahead of a restored database', async () => {
    const member = await aMember(parley);
    const newest = (await refresh((await refresh(member.tokens!)).body)).body;
    await parley.database.query('update sessions set rotation = 0 where user_id = $1', [newest.user.id]);
    const after = await refresh(newest);
    expect(after.status).toBe(200);
    expect((await refresh(after.body)).status).toBe(200);
  });
});
