import type { TokensResponse } from '../../src/auth/auth.dto';
import { newKey, PASSWORD, signedInAgain } from '../support/callers';
import { Client, type Answered, type ProblemBody } from '../support/client';
import { itMeanwhile } from '../support/it-meanwhile';
import { Replicas } from '../support/replicas';
import { waitUntil } from '../support/wait-until';

/** As the contract has it. */
const SOON_MS = 5_000;

const REVOKED = { status: 401, code: 'session_revoked' };
const DISABLED = { status: 403, code: 'account_disabled' };

describe('Two replicas on one database', () => {
  let replicas: Replicas;
  let here: string;
  let there: string;
  let members = 0;

  beforeAll(async () => {
    replicas = await Replicas.start(2);
    [here, there] = replicas.urls as [string, string];
  });

  afterAll(() => replicas.close());

  const times = <T>(count: number, make: (url: string, n: number) => T): T[] =>
    Array.from({ length: count }, (_, n) => make(n % 2 ? here : there, n));
  const aMember = () => Client.member(here, `member-${++members}`, PASSWORD);
  const changeAccount = ({ tokens }: Client, set: string) =>
    replicas.database.query(`update users set ${set} where id = $1`, [tokens!.user.id]);
  const statusOf = async (client: Client, path: string) => (await client.get(path)).status;

  const anAdmin = async () => {
    const admin = await aMember();
    await changeAccount(admin, `role = 'admin'`);
    return admin;
  };

  /** The same caller on each replica, each of which has just found out who it is, and remembers it. */
  const knownOnBoth = async (client: Client, path = '/users/me'): Promise<[Client, Client]> => {
    const both: [Client, Client] = [new Client(here, client.tokens), new Client(there, client.tokens)];
    for (const known of both) expect(await statusOf(known, path)).toBe(200);
    return both;
  };

  /** No call is let in that was sent later than that; when it was answered tells of the machine alone. */
  const refusedSoon = async (client: Client, refusal: typeof REVOKED, path = '/users/me') => {
    const since = performance.now();
    let letInAt = since;
    const refused = await waitUntil(async () => {
      const sentAt = performance.now();
      const { status, body } = await client.get(path);
      if (status !== 200) return { status, code: body.code };
      letInAt = sentAt;
      return null;
    }, 'a refusal');
    expect(refused).toEqual(refusal);
    expect(letInAt - since).toBeLessThan(SOON_MS);
  };

  const allRefusedSoon = (clients: readonly Client[], refusal: typeof REVOKED, path?: string) =>
    Promise.all(clients.map((client) => refusedSoon(client, refusal, path)));

  describe('refuse within five seconds', () => {
    itMeanwhile('a session that was logged out on one of them, and there at once', async () => {
      const [ana, elsewhere] = await knownOnBoth(await aMember());
      await ana.post('/auth/logout');
      expect(await ana.get('/users/me')).toMatchObject({ status: 401, body: { code: 'session_revoked' } });
      await refusedSoon(elsewhere, REVOKED);
    });

    itMeanwhile('a session that another one has ended, which goes on', async () => {
      const ana = await aMember();
      const other = await signedInAgain(ana);
      const others = await knownOnBoth(other);
      const { body } = await other.get<{ data: { id: string; current: boolean }[] }>('/auth/sessions');
      await ana.delete(`/auth/sessions/${body.data.find(({ current }) => current)!.id}`);
      expect(await statusOf(others[0], '/users/me')).toBe(401);
      await refusedSoon(others[1], REVOKED);
      await knownOnBoth(ana);
    });

    itMeanwhile('all sessions but the one that has ended the others', async () => {
      const ana = await aMember();
      const others = await Promise.all([signedInAgain(ana), signedInAgain(ana)]);
      const known = (await Promise.all(others.map((other) => knownOnBoth(other)))).flat();
      await ana.delete('/auth/sessions');
      await allRefusedSoon(known, REVOKED);
      await knownOnBoth(ana);
    });

    itMeanwhile('all sessions but the one that has changed the password', async () => {
      const ana = await aMember();
      const [kept] = await knownOnBoth(ana);
      const others = await knownOnBoth(await signedInAgain(ana));
      const change = { currentPassword: PASSWORD, newPassword: 'marble kite orchard' };
      expect((await kept.call('PUT', '/users/me/password', change)).status).toBe(204);
      await allRefusedSoon(others, REVOKED);
      await knownOnBoth(ana);
    });

    itMeanwhile('an account that an administrator has disabled', async () => {
      const [admin, ben] = [await anAdmin(), await aMember()];
      const both = await knownOnBoth(ben);
      await admin.patch(`/users/${ben.tokens!.user.id}`, { disabled: true });
      await allRefusedSoon(both, DISABLED);
    });

    itMeanwhile('the tokens of an account that is deleted', async () => {
      const [ana, elsewhere] = await knownOnBoth(await aMember());
      expect((await ana.call('DELETE', '/users/me', { password: PASSWORD })).status).toBe(204);
      await allRefusedSoon([ana, elsewhere], REVOKED, '/conversations');
    });

    itMeanwhile('an API key that has been ended', async () => {
      const ana = await aMember();
      const { id, key } = await newKey(ana, ['chat']);
      const both = await knownOnBoth(new Client(here, { ...ana.tokens!, accessToken: key }));
      await ana.delete(`/auth/api-keys/${id}`);
      await allRefusedSoon(both, { status: 401, code: 'unauthenticated' });
    });

    itMeanwhile('to let anybody administer who is no administrator any more, by session or key', async () => {
      const [admin, other] = [await anAdmin(), await anAdmin()];
      const { key } = await newKey(other, ['admin']);
      const sessions = await knownOnBoth(other, '/users');
      const keys = await knownOnBoth(new Client(here, { ...other.tokens!, accessToken: key }), '/users');
      await admin.patch(`/users/${other.tokens!.user.id}`, { role: 'user' });
      await allRefusedSoon([...sessions, ...keys], { status: 403, code: 'forbidden' }, '/users');
      await knownOnBoth(other);
    });
  });

  describe('asked at the same moment', () => {
    it('give one next token for a hundred refreshes, and the session goes on', async () => {
      const { tokens } = await aMember();
      const answers = await Promise.all(
        times(100, (url) =>
          new Client(url).post<TokensResponse>('/auth/refresh', { refreshToken: tokens!.refreshToken }),
        ),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      const next = new Set(answers.map(({ body }) => body.refreshToken));
      expect(next.size).toBe(1);
      const stored = 'select rotation from sessions where user_id = $1';
      expect(await replicas.database.query(stored, [tokens!.user.id])).toEqual([{ rotation: 1 }]);
      const [refreshToken] = next;
      const again = await new Client(there).post<TokensResponse>('/auth/refresh', { refreshToken });
      await knownOnBoth(new Client(here, again.body));
    });

    it('give a name to one of fifty', async () => {
      const wanted = { username: 'wanted-by-fifty', password: PASSWORD };
      const answers = await Promise.all(times(50, (url) => new Client(url).post('/auth/register', wanted)));
      expect(outcomes(answers)).toEqual(['201', ...Array<string>(49).fill('409 username_taken')]);
    });

    it('make a member of a guest once, with its conversations', async () => {
      const guest = await Client.guest(here);
      const { id } = await guest.conversation({ title: 'Trip to Oslo' });
      await knownOnBoth(guest);
      const answers = await Promise.all(
        times(20, (url, n) =>
          new Client(url, guest.tokens).post('/auth/register', { username: `once-${n}`, password: PASSWORD }),
        ),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.every(({ status }) => [201, 401, 409].includes(status))).toBe(true);
      const winner = answers.find(({ status }) => status === 201)!.body as unknown as TokensResponse;
      expect(winner.user).toMatchObject({ id: guest.tokens!.user.id, kind: 'member' });
      await knownOnBoth(new Client(here, winner), `/conversations/${id}`);
      const names = await replicas.database.query(`select username from users where username like 'once-%'`);
      expect(names).toEqual([{ username: winner.user.username }]);
    });

    it('leave one of two administrators who demote each other', async () => {
      const [ana, ben] = [await aMember(), await aMember()];
      for (let round = 0; round < 5; round++) {
        await replicas.database.query(
          `update users set role = case when id in ($1, $2) then 'admin' else 'user' end`,
          [ana.tokens!.user.id, ben.tokens!.user.id],
        );
        const [anaHere] = await knownOnBoth(await signedInAgain(ana), '/users');
        const [, benThere] = await knownOnBoth(await signedInAgain(ben), '/users');
        const answers = await Promise.all([
          anaHere.patch(`/users/${ben.tokens!.user.id}`, { role: 'user' }),
          benThere.patch(`/users/${ana.tokens!.user.id}`, { role: 'user' }),
        ]);
        expect(outcomes(answers)).toEqual(['200', '403 forbidden']);
        const left = await replicas.database.query(`select from users where role = 'admin'`);
        expect(left).toHaveLength(1);
      }
    });
  });
});

const outcomes = (answers: readonly Answered<ProblemBody>[]): string[] =>
  answers.map(({ status, body }) => (status < 400 ? String(status) : `${status} ${body.code}`)).sort();
