import type { AdminUserResponse } from '../../src/users/user.dto';
import { aMember, anAdmin, changeAccount, PASSWORD } from '../support/callers';
import type { Answered, Client, ProblemBody } from '../support/client';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';

type Removal = (by: Client, of: Client) => Promise<Answered<ProblemBody>>;

const pathOf = ({ tokens }: Client) => `/users/${tokens!.user.id}`;
const demote: Removal = (by, of) => by.patch(pathOf(of), { role: 'user' });
const disable: Removal = (by, of) => by.patch(pathOf(of), { disabled: true });
const remove: Removal = (by, of) => by.delete(pathOf(of));
const leave: Removal = (_by, of) => of.call('DELETE', '/users/me', { password: PASSWORD });

const ROUNDS = 5;

describe('The last administrator', () => {
  let parley: RunningApp;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp();
  });

  beforeEach(async () => {
    ana = await theOnlyAdmin();
  });

  afterAll(() => parley.close());

  const theOnlyAdmin = async () => {
    await parley.database.query(`update users set role = 'user'`);
    return anAdmin(parley);
  };
  const administrators = () =>
    parley.database.query<{ id: string }>(
      `select id from users where role = 'admin' and disabled_at is null and erased_at is null`,
    );
  const idOf = ({ tokens }: Client) => ({ id: tokens!.user.id });
  /** Their authority is remembered, so that neither is refused for the want of it. */
  const remembered = async (...admins: readonly Client[]) => {
    for (const admin of admins) expect((await admin.get('/users?limit=1')).status).toBe(200);
    return admins;
  };

  it.each([
    ['demote', demote],
    ['disable', disable],
    ['delete', remove],
    ['close', leave],
  ])('cannot %s the own account', async (_what, removal) => {
    expectProblem(await removal(ana, ana), 409, 'conflict');
    expect(await administrators()).toEqual([idOf(ana)]);
    expect(await ana.get(pathOf(ana))).toMatchObject({ status: 200, body: { role: 'admin' } });
  });

  it('is left as it was by a change that is refused', async () => {
    const before = (await ana.get<AdminUserResponse>(pathOf(ana))).body;
    expectProblem(await ana.patch(pathOf(ana), { role: 'user', quotaTokens: 7 }), 409, 'conflict');
    expectProblem(await ana.patch(pathOf(ana), { role: 'admin', disabled: true }), 409, 'conflict');
    expect((await ana.get(pathOf(ana))).body).toEqual(before);
  });

  it('can change whatever keeps it one', async () => {
    const answer = await ana.patch(pathOf(ana), { role: 'admin', disabled: false, quotaTokens: 7 });
    expect(answer).toMatchObject({ status: 200, body: { role: 'admin', quotaTokens: 7 } });
  });

  it('can demote, disable and delete everybody else', async () => {
    for (const removal of [demote, disable, remove]) {
      const member = await aMember(parley);
      expect((await removal(ana, member)).status).toBeLessThan(300);
    }
  });

  it('is the last though there are administrators that are disabled', async () => {
    await changeAccount(parley, await anAdmin(parley), 'disabled_at = now()');
    for (const removal of [demote, disable, remove, leave])
      expectProblem(await removal(ana, ana), 409, 'conflict');
    expect(await administrators()).toEqual([idOf(ana)]);
  });

  it('is one no more once there is another', async () => {
    const member = await aMember(parley);
    await ana.patch(pathOf(member), { role: 'admin' });
    expect((await demote(ana, ana)).status).toBe(200);
    expect(await administrators()).toEqual([idOf(member)]);
  });

  describe('is left of two', () => {
    it.each<[string, Removal, Removal]>([
      ['demote each other', demote, demote],
      ['disable each other', disable, disable],
      ['delete each other', remove, remove],
      ['close their accounts', leave, leave],
      ['demote and disable each other', demote, disable],
      ['demote and delete each other', demote, remove],
      ['delete the other and close the own account', remove, leave],
    ])('that %s at once', async (_what, first, second) => {
      for (let round = 0; round < ROUNDS; round++) {
        const [one, other] = await remembered(await theOnlyAdmin(), await anAdmin(parley));
        const answers = await Promise.all([first(one!, other!), second(other!, one!)]);
        expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
        const { status, body } = answers.find((answer) => answer.status >= 300)!;
        // The other one was an administrator no more, or would have been the last to go.
        expect([`403 forbidden`, `409 conflict`]).toContain(`${status} ${body.code}`);
        expect(await administrators()).toHaveLength(1);
      }
    });

    it('of many that all demote themselves at once', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const admins = [await theOnlyAdmin()];
        while (admins.length < 5) admins.push(await anAdmin(parley));
        await remembered(...admins);
        const answers = await Promise.all(admins.map((admin) => demote(admin, admin)));
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 409]);
        expect(await administrators()).toHaveLength(1);
      }
    });
  });
});
