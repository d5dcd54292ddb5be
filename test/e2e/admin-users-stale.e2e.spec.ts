import type { Scope } from '../../src/common/auth/caller';
import { aMember, anAdmin, withKey } from '../support/callers';
import type { Client } from '../support/client';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';

const idOf = ({ tokens }: Client) => tokens!.user.id;
const pathOf = (client: Client) => `/users/${idOf(client)}`;

describe('An administrator', () => {
  let parley: RunningApp;
  let nora: Client;
  let mia: Client;

  beforeAll(async () => {
    parley = await startApp();
  });

  beforeEach(async () => {
    [nora, mia] = [await anAdmin(parley), await anAdmin(parley)];
  });

  afterAll(() => parley.close());

  const rowOf = async (client: Client) => {
    const [row] = await parley.database.query<{
      role: string;
      disabled: boolean;
      erased: boolean;
      epoch: number;
    }>(
      `select role, disabled_at is not null as disabled, erased_at is not null as erased, session_epoch as epoch
       from users where id = $1`,
      [idOf(client)],
    );
    return row;
  };

  describe.each<[string, object, object]>([
    ['demoted', { role: 'user' }, { role: 'user', disabled: false }],
    ['disabled', { disabled: true }, { role: 'admin', disabled: true }],
    ['demoted and disabled', { role: 'user', disabled: true }, { role: 'user', disabled: true }],
  ])('that was %s a moment ago, and is remembered as one', (_what, change, left) => {
    beforeEach(async () => {
      const now = performance.now();
      jest.spyOn(performance, 'now').mockReturnValue(now); // by which it is remembered for four seconds
      expect((await mia.get('/users?limit=1')).status).toBe(200); // from here on it is remembered
      expect((await nora.patch(pathOf(mia), change)).status).toBe(200);
    });

    afterEach(() => jest.restoreAllMocks());

    it('cannot put itself back', async () => {
      expectProblem(await mia.patch(pathOf(mia), { role: 'admin', disabled: false }), 403, 'forbidden');
      expect(await rowOf(mia)).toMatchObject(left);
    });

    it('cannot take the other one down', async () => {
      const before = await rowOf(nora);
      expectProblem(await mia.patch(pathOf(nora), { role: 'user', disabled: true }), 403, 'forbidden');
      expect(await rowOf(nora)).toEqual(before);
    });

    it('cannot erase the other one', async () => {
      expectProblem(await mia.delete(pathOf(nora)), 403, 'forbidden');
      expect(await rowOf(nora)).toMatchObject({ role: 'admin', erased: false });
    });

    it('cannot end the sessions of the other one', async () => {
      const before = await rowOf(nora);
      expectProblem(await mia.delete(`${pathOf(nora)}/sessions`), 403, 'forbidden');
      expect(await rowOf(nora)).toEqual(before);
      expect((await nora.get('/users/me')).status).toBe(200);
    });
  });

  describe('by a key', () => {
    const SCOPES: readonly Scope[] = ['admin'];

    it('cannot erase the account that the key belongs to', async () => {
      const key = await withKey(nora, SCOPES);
      expectProblem(await key.delete(pathOf(nora)), 403, 'forbidden');
      expect(await rowOf(nora)).toMatchObject({ role: 'admin', erased: false });
    });

    it('can erase another account', async () => {
      const [key, member] = [await withKey(nora, SCOPES), await aMember(parley)];
      expect((await key.delete(pathOf(member))).status).toBe(204);
      expect(await rowOf(member)).toBeUndefined();
    });

    it('cannot put itself back once demoted', async () => {
      const key = await withKey(mia, SCOPES);
      expect((await key.get('/users?limit=1')).status).toBe(200);
      await nora.patch(pathOf(mia), { role: 'user' });
      expectProblem(await key.patch(pathOf(mia), { role: 'admin' }), 403, 'forbidden');
      expect(await rowOf(mia)).toMatchObject({ role: 'user' });
    });
  });
});
