import { PASSWORD, signedInAgain } from '../support/callers';
import { Client, type ProblemBody } from '../support/client';
import { Replicas } from '../support/replicas';
import { callRoute, nameOf, ROUTES } from '../support/routes';

describe('Two replicas, one of which ends what the other is busy with', () => {
  let replicas: Replicas;
  let here: string;
  let there: string;
  let members = 0;

  beforeAll(async () => {
    replicas = await Replicas.start(2);
    [here, there] = replicas.urls as [string, string];
  });

  afterAll(() => replicas.close());

  const aMember = () => Client.member(here, `member-${++members}`, PASSWORD);
  const times = <T>(count: number, make: (url: string) => T): T[] =>
    Array.from({ length: count }, (_, n) => make(n % 2 ? here : there));
  const erase = (client: Client) => client.call<ProblemBody>('DELETE', '/users/me', { password: PASSWORD });

  it('let through or refuse a call that meets the end of its session', async () => {
    const ana = await aMember();
    for (let round = 0; round < 10; round++) {
      const others = await Promise.all(times(4, () => signedInAgain(ana)));
      const ending = ana.delete('/auth/sessions');
      const calls = others.flatMap((other) => times(20, () => other.get('/users/me')));
      expect(othersThan([200, 401], await Promise.all(calls))).toEqual([]);
      expect((await ending).status).toBe(204);
    }
  });

  it('find no fault with themselves while they remember an account that is gone', async () => {
    const faults: string[] = [];
    for (const route of ROUTES) {
      const ben = await aMember();
      const elsewhere = new Client(there, ben.tokens);
      expect((await elsewhere.get('/users/me')).status).toBe(200);
      expect((await erase(ben)).status).toBe(204);
      const { status } = await callRoute(elsewhere, route);
      if (status >= 500) faults.push(`${nameOf(route)} ${status}`);
    }
    expect(faults).toEqual([]);
  });

  it('erase an account once that is asked for twenty times at once', async () => {
    const { tokens } = await aMember();
    const told = `select from audit_events where action = 'account.erased'`;
    const before = (await replicas.database.query(told)).length;
    const answers = await Promise.all(times(20, (url) => erase(new Client(url, tokens))));
    const outcomes = answers.map(({ status, body }) => (status === 204 ? '204' : `${status} ${body.code}`));
    expect(outcomes).toContain('204');
    expect(outcomes.filter((outcome) => !['204', '401 session_revoked'].includes(outcome))).toEqual([]);
    expect(await replicas.database.query(told)).toHaveLength(before + 1);
  });

  it('let in or refuse who signs in to an account that is being erased', async () => {
    for (let round = 0; round < 8; round++) {
      const ana = await aMember();
      const credentials = { username: ana.tokens!.user.username, password: PASSWORD };
      const signIns = times(40, (url) => new Client(url).post('/auth/login', credentials));
      expect((await erase(ana)).status).toBe(204);
      expect(othersThan([200, 401], await Promise.all(signIns))).toEqual([]);
    }
  });
});

/** Each status once that is none of these. */
const othersThan = (
  statuses: readonly number[],
  answers: readonly { readonly status: number }[],
): number[] => [
  ...new Set(answers.map(({ status }) => status).filter((status) => !statuses.includes(status))),
];
