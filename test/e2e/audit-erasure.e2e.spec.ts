import { ErasureService } from '../../src/account/erasure.service';
import type { AuditEventResponse } from '../../src/audit/audit.dto';
import type { Page } from '../../src/common/paging/page';
import { fromAddress, logIn } from '../support/audit-acts';
import { BROWSERS } from '../support/browsers';
import { aMember, anAdmin, changeAccount, newKey, PASSWORD, signedInAgain } from '../support/callers';
import { Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';

const HOUR_MS = 3_600_000;
const OFFICE = fromAddress('203.0.113.7');
const FROM_OFFICE = { ip: '203.0.113.7', userAgent: BROWSERS.chromeOnWindows };
const FROM_NOWHERE = { ip: null, userAgent: null };

describe('The lines of the security log about an account that is erased', () => {
  let parley: RunningApp;
  let admin: Client;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp({ TRUST_PROXY: '1' });
    admin = await anAdmin(parley);
  });

  beforeEach(async () => {
    ana = await aMember(parley);
  });

  afterAll(() => parley.close());

  const idOf = ({ tokens }: Client) => tokens!.user.id;
  const lines = async () => (await admin.get<Page<AuditEventResponse>>('/audit?limit=100')).body.data;
  const about = async (client: Client) =>
    (await lines()).filter(({ userId, actorId }) => [userId, actorId].includes(idOf(client)));
  /** The same lines as they are now, in the same order. */
  const now = async (before: readonly AuditEventResponse[]) => {
    const after = new Map((await lines()).map((line) => [line.id, line]));
    return before.map(({ id }) => after.get(id));
  };
  const leave = (client: Client) => client.call('DELETE', '/users/me', { password: PASSWORD });

  it('are still there, without its id, its addresses and its browsers', async () => {
    await newKey(ana, ['read']);
    await logIn(parley.url, ana.tokens!.user.username, PASSWORD, OFFICE);
    await logIn(parley.url, ana.tokens!.user.username, 'wrong one', OFFICE);
    const before = await about(ana);
    expect(before.map(({ action }) => action)).toEqual([
      ...['sign_in.failed', 'sign_in.succeeded', 'api_key.created'],
      ...['sign_in.succeeded', 'account.registered'],
    ]);
    expect((await leave(ana)).status).toBe(204);
    const nobody = { userId: null, actorId: null, ...FROM_NOWHERE };
    expect(await now(before)).toEqual(before.map((line) => ({ ...line, ...nobody })));
    expect(await about(ana)).toEqual([]);
  });

  it('keep the administrator who did what they tell, and from where', async () => {
    const path = `/users/${idOf(ana)}`;
    await admin.call('PATCH', path, { role: 'admin' }, OFFICE);
    const [changed] = await about(ana);
    await admin.call('DELETE', path, undefined, OFFICE);
    const byAdmin = { userId: null, actorId: idOf(admin), ...FROM_OFFICE };
    expect(await now([changed!])).toEqual([{ ...changed, ...byAdmin, detail: { role: 'admin' } }]);
    const [erased] = await lines();
    expect(erased).toMatchObject({ action: 'account.erased', detail: {}, ...byAdmin });
  });

  it('keep whom they are about, where it was an administrator itself', async () => {
    const former = await anAdmin(parley);
    await former.call('PATCH', `/users/${idOf(ana)}`, { quotaTokens: 5 }, OFFICE);
    const [changed] = await about(ana);
    expect(changed).toMatchObject({ actorId: idOf(former), ...FROM_OFFICE });
    await leave(former);
    expect(await now([changed!])).toEqual([{ ...changed, actorId: null, ...FROM_NOWHERE }]);
    expect(changed!.userId).toBe(idOf(ana));
  });

  it('are the only ones that change', async () => {
    const other = await aMember(parley);
    await logIn(parley.url, other.tokens!.user.username, 'wrong one', OFFICE);
    await logIn(parley.url, 'nobody-by-that-name', 'wrong one', OFFICE);
    const [unknown] = await lines();
    const before = [unknown!, ...(await about(other)), ...(await about(admin))];
    await leave(ana);
    expect(await now(before)).toEqual(before);
  });

  it('end with one that says that it was erased, and not whose it was', async () => {
    await ana.call('DELETE', '/users/me', { password: PASSWORD }, OFFICE);
    const [erased] = await lines();
    const { id, createdAt } = erased!;
    expect(erased).toEqual({
      ...{ id, createdAt, action: 'account.erased', detail: {} },
      ...{ userId: null, actorId: null, ...FROM_NOWHERE },
    });
  });

  it('say so of a guest that stayed away, too', async () => {
    const guest = await Client.guest(parley.url);
    await guest.call('DELETE', '/auth/sessions', undefined, OFFICE);
    const before = await about(guest);
    await changeAccount(parley, guest, `last_seen_at = now() - interval '2 hours'`);
    await parley.app.get(ErasureService).eraseIdleGuests(HOUR_MS);
    const [erased] = await lines();
    const nobody = { userId: null, actorId: null, ...FROM_NOWHERE };
    expect(erased).toMatchObject({ action: 'account.erased', detail: { reason: 'idle' }, ...nobody });
    expect(await now(before)).toEqual(before.map((line) => ({ ...line, ...nobody })));
  });

  it('name it no more, whatever a session does that is still believed for a moment', async () => {
    const phone = await signedInAgain(ana);
    expect((await phone.get('/users/me')).status).toBe(200);
    await leave(ana);
    await phone.call('DELETE', '/auth/sessions');
    await phone.post('/auth/logout');
    await phone.call('DELETE', '/users/me', { password: PASSWORD });
    await phone.get('/users/me/export');
    expect(await about(ana)).toEqual([]);
  });
});
