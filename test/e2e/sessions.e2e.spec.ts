import type { TokensResponse } from '../../src/auth/auth.dto';
import { Client, type ProblemBody } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';
import { waitUntil } from '../support/wait-until';

const GRACE = '10 seconds';

describe('Sessions', () => {
  let parley: RunningApp;
  let anyone: Client;

  beforeAll(async () => {
    parley = await startApp();
    anyone = new Client(parley.url);
  });

  afterAll(() => parley.close());

  const signIn = async () => (await Client.guest(parley.url)).tokens!;
  const refresh = <Body = ProblemBody>(refreshToken: string | null) =>
    anyone.post<Body>('/auth/refresh', { refreshToken });
  const refreshed = async (refreshToken: string | null) =>
    (await refresh<TokensResponse>(refreshToken)).body.refreshToken;
  const use = (tokens: TokensResponse) => new Client(parley.url, tokens).get('/users/me');
  const change = ({ user }: TokensResponse, set: string) =>
    parley.database.query(`update sessions set ${set} where user_id = $1`, [user.id]);
  const disable = ({ user }: TokensResponse) =>
    parley.database.query('update users set disabled_at = now() where id = $1', [user.id]);
  const leaveGrace = (tokens: TokensResponse) => change(tokens, `rotated_at = now() - interval '${GRACE}'`);

  describe('that are refreshed', () => {
    it('go on with new tokens for the same account', async () => {
      const before = await signIn();
      const { status, body } = await refresh<TokensResponse>(before.refreshToken);
      expect(status).toBe(200);
      expect(body.user).toEqual(before.user);
      expect(body.refreshToken).not.toBe(before.refreshToken);
      expect((await use(body)).status).toBe(200);
    });

    it('give the same next token for a token that was used a moment ago', async () => {
      const { refreshToken } = await signIn();
      const next = await refreshed(refreshToken);
      expect(await refreshed(refreshToken)).toBe(next);
      expect(await refreshed(next)).not.toBe(next);
    });

    it('go on as one session when many refresh with one token at once', async () => {
      const { refreshToken } = await signIn();
      const tokens = await Promise.all(Array.from({ length: 10 }, () => refreshed(refreshToken)));
      expect(new Set(tokens).size).toBe(1);
      expect((await refresh(tokens[0]!)).status).toBe(200);
    });

    it('end when a used token comes back after its grace', async () => {
      const first = await signIn();
      const { body: newest } = await refresh<TokensResponse>(first.refreshToken);
      await leaveGrace(first);
      const revoked = { status: 401, body: { code: 'session_revoked' } };
      expect(await refresh(first.refreshToken)).toMatchObject(revoked);
      expect(await refresh(newest.refreshToken)).toMatchObject(revoked);
      expect(await use(newest)).toMatchObject(revoked);
    });

    it('end when a token of two rotations ago comes back at once', async () => {
      const { refreshToken } = await signIn();
      const newest = await refreshed(await refreshed(refreshToken));
      const revoked = { status: 401, body: { code: 'session_revoked' } };
      expect(await refresh(refreshToken)).toMatchObject(revoked);
      expect(await refresh(newest)).toMatchObject(revoked);
    });

    it('leave the other sessions of the account alone', async () => {
      const credentials = { username: 'two-at-once', password: 'quartz lemon bridge' };
      const one = (await anyone.post<TokensResponse>('/auth/register', credentials)).body;
      const other = (await anyone.post<TokensResponse>('/auth/login', credentials)).body;
      await refreshed(await refreshed(one.refreshToken));
      await refresh(one.refreshToken); // ends the first
      expect((await use(other)).status).toBe(200);
    });

    it.each(['idle_expires_at', 'expires_at'])('are refused after %s', async (expiry) => {
      const tokens = await signIn();
      await change(tokens, `${expiry} = now()`);
      expect(await refresh(tokens.refreshToken)).toMatchObject({
        status: 401,
        body: { code: 'session_revoked' },
      });
    });

    it('stay what they were when their account is disabled for a while', async () => {
      const tokens = await signIn();
      await disable(tokens);
      const refused = await refresh(tokens.refreshToken);
      expect(refused).toMatchObject({ status: 403, body: { code: 'account_disabled' } });
      await parley.database.query('update users set disabled_at = null where id = $1', [tokens.user.id]);
      await leaveGrace(tokens);
      expect((await refresh(tokens.refreshToken)).status).toBe(200);
    });

    it.each([
      ['words', () => 'rt_nonsense'],
      ['no token at all', () => 'x'],
      ['a token with another beginning', (token: string) => token.replace('rt_', 'pk_')],
      [
        'a token whose end was changed',
        (token: string) => token.slice(0, -2) + (token.endsWith('A') ? 'BB' : 'AA'),
      ],
      ['a token that says another rotation', (token: string) => changeByte(token, 19)],
      ['a token that says another session', (token: string) => changeByte(token, 15)],
      ['a token that was cut', (token: string) => token.slice(0, -4)],
    ])('refuse %s, and go on', async (_what, forge) => {
      const { refreshToken } = await signIn();
      const refused = await refresh(forge(refreshToken!));
      expect(refused).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      expect((await refresh(refreshToken)).status).toBe(200);
    });

    it.each([
      ['no body', undefined, '/refreshToken'],
      ['null', { refreshToken: null }, '/refreshToken'],
      ['an empty token', { refreshToken: '' }, '/refreshToken'],
      ['a token of 201 characters', { refreshToken: 'x'.repeat(201) }, '/refreshToken'],
      ['an unknown field', { refreshToken: 'x', transport: 'body' }, '/transport'],
    ])('are refused with %s', async (_what, body, path) => {
      const answer = await anyone.post('/auth/refresh', body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ path }] } });
    });
  });

  describe('that are logged out of', () => {
    it('take neither of their tokens any more', async () => {
      const tokens = await signIn();
      const { status } = await new Client(parley.url, tokens).post('/auth/logout');
      expect(status).toBe(204);
      const revoked = { status: 401, body: { code: 'session_revoked' } };
      expect(await use(tokens)).toMatchObject(revoked);
      expect(await refresh(tokens.refreshToken)).toMatchObject(revoked);
    });

    it('leave other accounts signed in', async () => {
      const [one, other] = [await signIn(), await signIn()];
      await use(other);
      await new Client(parley.url, one).post('/auth/logout');
      expect((await use(other)).status).toBe(200);
    });

    it('take no body but an empty object', async () => {
      const client = await Client.guest(parley.url);
      const refused = await client.post('/auth/logout', { everywhere: true });
      expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: '/everywhere' }] } });
      expect((await client.post('/auth/logout', {})).status).toBe(204);
    });
  });

  // As another replica does it: in the database, past this one's memory of the session.
  describe('that another replica has ended', () => {
    let [revoked, disabled]: TokensResponse[] = [];

    beforeAll(async () => {
      [revoked, disabled] = [await signIn(), await signIn()];
      await Promise.all([use(revoked), use(disabled)]);
      await Promise.all([change(revoked, 'revoked_at = now()'), disable(disabled)]);
    });

    it('are refused soon', async () => {
      const refused = await waitUntil(() => refusalOf(revoked!), 'a refusal');
      expect(refused).toMatchObject({ status: 401, body: { code: 'session_revoked' } });
    });

    it('are refused soon because their account is disabled', async () => {
      const refused = await waitUntil(() => refusalOf(disabled!), 'a refusal');
      expect(refused).toMatchObject({ status: 403, body: { code: 'account_disabled' } });
    });

    const refusalOf = async (tokens: TokensResponse) => {
      const answer = await use(tokens);
      return answer.status === 200 ? null : answer;
    };
  });
});

/** Another byte at that place of what the token holds: 16 of the session's id, 4 of the rotation, then the MAC. */
function changeByte(token: string, at: number): string {
  const bytes = Buffer.from(token.slice(3), 'base64url');
  bytes[at]! ^= 1;
  return `rt_${bytes.toString('base64url')}`;
}
