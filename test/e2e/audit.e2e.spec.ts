import { AUDIT_ACTIONS, type AuditAction } from '../../src/audit/audit-action';
import type { AuditEventResponse } from '../../src/audit/audit.dto';
import type { SessionResponse } from '../../src/auth/sessions/session.dto';
import type { Page } from '../../src/common/paging/page';
import {
  ACTS,
  fromAddress,
  logIn,
  MORE_ACTS,
  SECRETS,
  STAGE,
  type Act,
  type Line,
} from '../support/audit-acts';
import { BROWSERS } from '../support/browsers';
import { aMember, anAdmin, newKey, PASSWORD } from '../support/callers';
import { Client } from '../support/client';
import { collectPages } from '../support/collect-pages';
import { startApp, type RunningApp } from '../support/running-app';

/** Where everything comes from that only leads up to an act. */
const ELSEWHERE = '127.0.0.1';

describe('The security log', () => {
  let parley: RunningApp;
  let admin: Client;
  let acts = 0;

  beforeAll(async () => {
    parley = await startApp(STAGE);
    admin = await anAdmin(parley);
  });

  afterAll(() => parley.close());

  const lines = async () => (await collectPages<AuditEventResponse>(admin, '/audit?limit=100')).flat();
  /** What is new in the log once that is done. */
  const linesOf = async (act: () => Promise<unknown>) => {
    const before = new Set((await lines()).map(({ id }) => id));
    await act();
    return (await lines()).filter(({ id }) => !before.has(id));
  };
  /** That an act is told of once, and how. */
  const expectTold = async (action: AuditAction, act: Act) => {
    const ip = ++acts % 2 ? `203.0.113.${acts}` : `2001:db8:${acts}::1`;
    let told: Line | undefined;
    const startedAt = Date.now();
    const added = await linesOf(async () => (told = await act({ parley, admin, from: fromAddress(ip) })));
    const found = added.filter((line) => line.action === action && line.ip !== ELSEWHERE);
    const { nowhere, ...line } = told!;
    const source = nowhere ? { ip: null, userAgent: null } : { ip, userAgent: BROWSERS.chromeOnWindows };
    expect(found).toEqual([{ ...line, ...source, action, ...timesOf(found) }]);
    expect(Date.parse(found[0]!.createdAt)).toBeGreaterThanOrEqual(startedAt - 1);
  };

  it.each(AUDIT_ACTIONS)('tells once of %s, of whom, by whom and from where', async (action) => {
    await expectTold(action, ACTS[action]);
  });

  it.each(MORE_ACTS)('tells once of %s, %s', async (action, _how, act) => {
    await expectTold(action, act);
  });

  it.each([
    ['an IPv4 address', '203.0.113.7', '203.0.113.7'],
    ['an IPv4 address written as IPv6', '::ffff:203.0.113.7', '203.0.113.7'],
    ['an IPv6 address in its long form', '2001:DB8:0:FF:0::1', '2001:db8:0:ff::1'],
    ['an IPv6 address with its zone', 'fe80::1%eth0', 'fe80::1'],
    ['the last of several, which alone is believed', '192.0.2.1, 203.0.113.8', '203.0.113.8'],
    ['no address', 'unknown', null],
  ])('tells from where, where a proxy names %s', async (_what, forwarded, ip) => {
    const browser = 'x'.repeat(400);
    const added = await linesOf(() =>
      logIn(parley.url, `nobody-${++acts}`, 'wrong one', fromAddress(forwarded, browser)),
    );
    expect(added).toMatchObject([{ action: 'sign_in.failed', ip, userAgent: 'x'.repeat(300) }]);
  });

  it('tells of a session that its owner ends from another', async () => {
    const member = await aMember(parley);
    const phone = await logIn(
      parley.url,
      member.tokens!.user.username,
      PASSWORD,
      fromAddress('203.0.113.99'),
    );
    const { data } = (await member.get<Page<SessionResponse>>('/auth/sessions')).body;
    const { id } = data.find(({ current }) => !current)!;
    const added = await linesOf(() => member.delete(`/auth/sessions/${id}`));
    const userId = phone.body.user.id;
    expect(added).toMatchObject([{ action: 'session.ended', userId, actorId: userId, ip: ELSEWHERE }]);
  });

  it('tells of several changes that an administrator makes at once', async () => {
    const { tokens } = await aMember(parley);
    const changes = { disabled: true, role: 'admin', quotaTokens: 0 };
    const added = await linesOf(() => admin.patch(`/users/${tokens!.user.id}`, changes));
    expect(added.map(({ action }) => action).sort()).toEqual([
      'account.disabled',
      'quota.changed',
      'role.changed',
    ]);
  });

  it('tells once of what two administrators do at once', async () => {
    const [other, { tokens }] = [await anAdmin(parley), await aMember(parley)];
    const disable = (by: Client) => by.patch(`/users/${tokens!.user.id}`, { disabled: true });
    const added = await linesOf(() => Promise.all([admin, other].map(disable)));
    expect(added).toMatchObject([{ action: 'account.disabled', userId: tokens!.user.id }]);
  });

  it('tells nothing of what was refused, or changed nothing', async () => {
    const [member, guest] = [await aMember(parley), await Client.guest(parley.url)];
    const { id } = await newKey(member, ['read']);
    await member.delete(`/auth/api-keys/${id}`);
    const path = `/users/${member.tokens!.user.id}`;
    const added = await linesOf(async () => {
      for (const changes of [{}, { disabled: false }, { role: 'user' }, { quotaTokens: null }])
        expect((await admin.patch(path, changes)).status).toBe(200);
      expect((await admin.patch(path, { role: 'root' })).status).toBe(400);
      expect((await guest.patch(path, { disabled: true })).status).toBe(403);
      expect((await member.delete(`/auth/api-keys/${id}`)).status).toBe(404);
      expect((await guest.post('/auth/api-keys', { name: 'x', scopes: ['chat'] })).status).toBe(403);
      expect((await admin.patch(`/users/${guest.tokens!.user.id}`, { role: 'admin' })).status).toBe(409);
    });
    expect(added).toEqual([]);
  });

  it('tells nothing of guests who come and go on', async () => {
    const added = await linesOf(async () => {
      const guest = await Client.guest(parley.url);
      const { refreshToken } = guest.tokens!;
      expect((await new Client(parley.url).post('/auth/refresh', { refreshToken })).status).toBe(200);
      await guest.conversation({ title: 'Oslo' });
    });
    expect(added).toEqual([]);
  });

  it('holds no name, no password, no key and no token, whatever happened', async () => {
    for (const [n, action] of AUDIT_ACTIONS.entries())
      await ACTS[action]({ parley, admin, from: fromAddress(`192.0.2.${n}`) });
    const rows = await parley.database.query<{ text: string }>(
      'select audit_events::text as text from audit_events',
    );
    expect(rows.length).toBeGreaterThan(AUDIT_ACTIONS.length);
    expect(rows.filter(({ text }) => SECRETS.test(text))).toEqual([]);
  });
});

/** What is another each time. */
const timesOf = ([line]: readonly AuditEventResponse[]) => ({ id: line?.id, createdAt: line?.createdAt });
