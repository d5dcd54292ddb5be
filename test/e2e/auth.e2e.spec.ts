import type { TokensResponse } from '../../src/auth/auth.dto';
import type { UserResponse } from '../../src/users/user.dto';
import { Client, type ProblemBody } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';

const PASSWORD = 'quartz lemon bridge';
const SMILE = '\u{1F600}'; // two UTF-16 units

describe('Accounts', () => {
  let parley: RunningApp;
  let anyone: Client;

  beforeAll(async () => {
    parley = await startApp();
    anyone = new Client(parley.url);
  });

  afterAll(() => parley.close());

  const register = <Body = ProblemBody>(registration: unknown) =>
    anyone.post<Body>('/auth/register', registration);
  const logIn = <Body = ProblemBody>(username: string, password: string) =>
    anyone.post<Body>('/auth/login', { username, password });
  const withoutRequestId = ({ requestId: _, ...problem }: ProblemBody) => problem;

  describe('of guests', () => {
    it('are made and signed in with one call', async () => {
      const { status, body } = await anyone.post<TokensResponse>('/auth/guest');
      expect(status).toBe(201);
      expect(body).toMatchObject({ tokenType: 'Bearer', expiresIn: 600 });
      expect(body.user).toMatchObject({ kind: 'guest', role: 'user', username: null, displayName: null });
      const me = await new Client(parley.url, body).get<UserResponse>('/users/me');
      expect(me).toMatchObject({ status: 200, body: body.user });
    });

    it('are another each time', async () => {
      const [one, other] = [await Client.guest(parley.url), await Client.guest(parley.url)];
      expect(one.tokens!.user.id).not.toBe(other.tokens!.user.id);
    });

    it('are made and signed in to whatever the Authorization header says', async () => {
      const headers = { Authorization: 'Bearer nonsense' };
      await register({ username: 'header', password: PASSWORD });
      expect((await anyone.post('/auth/guest', {}, { headers })).status).toBe(201);
      const credentials = { username: 'header', password: PASSWORD };
      expect((await anyone.post('/auth/login', credentials, { headers })).status).toBe(200);
    });

    it.each([
      ['an unknown field', { nickname: 'x' }, '/nickname'],
      ['an unknown transport', { transport: 'pigeon' }, '/transport'],
      ['null for a transport', { transport: null }, '/transport'],
    ])('are refused with %s', async (_what, body, path) => {
      const answer = await anyone.post('/auth/guest', body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ path }] } });
    });
  });

  describe('of members', () => {
    it('are made, signed in and shown by the name they were given', async () => {
      const { status, body } = await register<TokensResponse>({
        username: 'ana',
        password: PASSWORD,
        displayName: ' Ana B. ',
        transport: 'body',
      });
      expect(status).toBe(201);
      expect(body.user).toMatchObject({ kind: 'member', username: 'ana', displayName: 'Ana B.' });
      const me = await new Client(parley.url, body).get<UserResponse>('/users/me');
      expect(me.body).toEqual(body.user);
    });

    it.each([
      ['in other case', 'Greta', 'gRETA'],
      ['in full width', 'Ｇｕｓｔａｖ', 'gustav'],
      ['with ß for ss', 'Straße', 'STRASSE'],
      ['with a capital ẞ', 'MAẞE', 'Masse'],
      ['with spaces around it', '  lena ', 'lena'],
      ['with a ligature', 'ﬁnn', 'finn'],
    ])('are found by a name %s, which nobody else can take', async (_how, username, same) => {
      const made = await register<TokensResponse>({ username, password: PASSWORD });
      expect(made.body.user.username).toBe(same.toLowerCase());
      const taken = await register({ username: same, password: 'another good one' });
      expect(taken).toMatchObject({ status: 409, body: { code: 'username_taken' } });
      const [asGiven, asSame] = [
        await logIn<TokensResponse>(username, PASSWORD),
        await logIn<TokensResponse>(same, PASSWORD),
      ];
      expect(asGiven.body.user).toEqual(made.body.user);
      expect(asSame.body.user).toEqual(made.body.user);
    });

    it('are one when twenty ask for the same name at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => register({ username: 'popular', password: PASSWORD })),
      );
      const codes = answers.map(({ status, body }) => (status === 201 ? 'made' : body.code));
      expect(codes.sort()).toEqual(['made', ...Array.from({ length: 19 }, () => 'username_taken')]);
    });

    it.each([
      ['a name of 2 units', 'username', 'ab'],
      ['a name of 81 units', 'username', 'n'.repeat(81)],
      ['a name of one emoji', 'username', SMILE],
      ['a name of 40 emoji and a letter', 'username', `${SMILE.repeat(40)}x`],
      ['a name that trimming makes too short', 'username', '  ab  '],
      ['a name with a zero-width space', 'username', 'an\u200Ba'],
      ['a name with a change of direction', 'username', 'an\u202Ea'],
      ['a name with a control character', 'username', 'an\u0007a'],
      ['a number for a name', 'username', 12345],
      ['null for a name', 'username', null],
      ['a password of 7 units', 'password', 'p4ssw-d'],
      ['a password of 129 units', 'password', 'p'.repeat(129)],
      ['a password of three emoji', 'password', SMILE.repeat(3)],
      ['a password of 64 emoji and a letter', 'password', `${SMILE.repeat(64)}x`],
      ['a list for a password', 'password', ['p'.repeat(10)]],
      ['an empty display name', 'displayName', ' '],
      ['a display name of 81 units', 'displayName', 'd'.repeat(81)],
      ['null for a display name', 'displayName', null],
      ['an unknown transport', 'transport', 'pigeon'],
      ['an unknown field', 'role', 'admin'],
    ])('are not made with %s', async (_what, field, value) => {
      const answer = await register({ username: 'nobody', password: PASSWORD, [field]: value });
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      expect(answer.body.errors!.map(({ path }) => path)).toContain(`/${field}`);
    });

    it.each([
      ['a name of 3 units', SMILE + 'x', PASSWORD],
      ['a name of 80 units', SMILE.repeat(40), PASSWORD],
      ['a password of 8 units', 'eight', SMILE.repeat(4)],
      ['a password of 128 units', 'longest', SMILE.repeat(64)],
    ])('may have %s', async (_what, username, password) => {
      expect((await register({ username, password })).status).toBe(201);
      expect((await logIn(username, password)).status).toBe(200);
    });

    it.each(['register', 'login'])('need a body to %s, and are told of every fault at once', async (call) => {
      const answer = await anyone.post(`/auth/${call}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      const paths = new Set(answer.body.errors!.map(({ path }) => path));
      expect([...paths].sort()).toEqual(['/password', '/username']);
    });
  });

  describe('that are signed in to', () => {
    it('answer a wrong name exactly as a wrong password', async () => {
      await register({ username: 'karin', password: PASSWORD });
      const [name, password] = [await logIn('nokarin', PASSWORD), await logIn('karin', 'not the password')];
      expect(name).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
      expect(withoutRequestId(name.body)).toEqual(withoutRequestId(password.body));
      expect(name.headers.get('www-authenticate')).toBe(password.headers.get('www-authenticate'));
    });

    it('compare passwords beyond the 72 bytes that bcrypt reads', async () => {
      const long = 'ä'.repeat(50);
      await register({ username: 'longwinded', password: `${long}1` });
      expect(await logIn('longwinded', `${long}2`)).toMatchObject({ status: 401 });
      expect(await logIn('longwinded', `${long}1`)).toMatchObject({ status: 200 });
    });

    it('tell passwords apart by case and by white space', async () => {
      await register({ username: 'precise', password: ` ${PASSWORD}` });
      expect(await logIn('precise', PASSWORD)).toMatchObject({ status: 401 });
      expect(await logIn('precise', ` ${PASSWORD.toUpperCase()}`)).toMatchObject({ status: 401 });
    });

    it.each([
      ['a number for a password', { username: 'karin', password: 1 }, '/password'],
      ['an unknown field', { username: 'karin', password: PASSWORD, remember: true }, '/remember'],
      ['an unknown transport', { username: 'karin', password: PASSWORD, transport: 'x' }, '/transport'],
      ['an empty name', { username: ' ', password: PASSWORD }, '/username'],
      ['an empty password', { username: 'karin', password: '' }, '/password'],
    ])('refuse %s', async (_what, body, path) => {
      const answer = await anyone.post('/auth/login', body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ path }] } });
    });

    it('say that they are disabled only to who knows the password', async () => {
      await register({ username: 'disabled', password: PASSWORD });
      await parley.database.query(`update users set disabled_at = now() where username = 'disabled'`);
      const [wrong, right] = [await logIn('disabled', 'not the password'), await logIn('disabled', PASSWORD)];
      expect(wrong).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
      expect(right).toMatchObject({ status: 403, body: { code: 'account_disabled' } });
    });
  });
});
