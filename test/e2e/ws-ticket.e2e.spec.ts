import { createHash } from 'node:crypto';
import type { TicketResponse } from '../../src/auth/auth.dto';
import { WsTicketsService } from '../../src/auth/tickets/ws-tickets.service';
import { BROWSERS } from '../support/browsers';
import { changeAccount, aMember } from '../support/callers';
import { Client } from '../support/client';
import { BrowserClient } from '../support/cookie-client';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';

const { firefoxOnWindows, chromeOnWindows } = BROWSERS;

describe('A ticket for a socket', () => {
  let parley: RunningApp;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp();
  });

  beforeEach(async () => {
    ana = await aMember(parley);
  });

  afterAll(() => parley.close());

  const issue = async (by = ana) => (await by.post<TicketResponse>('/auth/ws-ticket')).body.ticket;
  const redeem = (ticket: string, userAgent: string | null = null) =>
    parley.app.get(WsTicketsService).redeem(ticket, { ip: '127.0.0.1', userAgent });
  const refused = (ticket: string, code: string) => expect(redeem(ticket)).rejects.toMatchObject({ code });

  it('is good for thirty seconds, and another each time', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => ana.post<TicketResponse>('/auth/ws-ticket')));
    for (const { status, body } of answers) {
      expect(status).toBe(201);
      expect(body).toEqual({ ticket: expect.stringMatching(/^[\w-]{22,}$/) as string, expiresIn: 30 });
    }
    expect(new Set(answers.map(({ body }) => body.ticket)).size).toBe(3);
  });

  it('takes no body but an empty object', async () => {
    expect((await ana.post('/auth/ws-ticket', {})).status).toBe(201);
    const answer = await ana.post('/auth/ws-ticket', { seconds: 3600 });
    expectProblem(answer, 400, 'validation_failed');
    expect(answer.body.errors).toMatchObject([{ path: '/seconds', code: 'unknown_field' }]);
  });

  it('is kept as a hash alone', async () => {
    const ticket = await issue();
    const hash = createHash('sha256').update(ticket).digest();
    const rows = await parley.database.query<{ text: string; secondsLeft: number }>(
      `select ws_tickets::text as text, extract(epoch from expires_at - now())::float8 as "secondsLeft"
       from ws_tickets where hash = $1`,
      [hash],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.text).not.toContain(ticket.slice(3));
    expect(rows[0]!.secondsLeft).toBeGreaterThan(20);
    expect(rows[0]!.secondsLeft).toBeLessThanOrEqual(30);
  });

  it('stands once for who asked for it, and their session', async () => {
    const ticket = await issue();
    const [session] = await parley.database.query<{ id: string }>(
      'select id from sessions where user_id = $1',
      [ana.tokens!.user.id],
    );
    await expect(redeem(ticket)).resolves.toEqual({
      ...{ userId: ana.tokens!.user.id, sessionId: session!.id },
      ...{ kind: 'member', role: 'user', scopes: null },
    });
    await refused(ticket, 'unauthenticated');
  });

  it('is used up by one of many that use it at once', async () => {
    const ticket = await issue();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => redeem(ticket)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each([
    ['nothing', () => ''],
    ['words', () => 'wt_nonsense'],
    ['an access token', () => ana.tokens!.accessToken],
    ['a refresh token', () => ana.tokens!.refreshToken!],
  ])('is not %s', async (_what, text) => {
    await refused(text(), 'unauthenticated');
  });

  it('is refused when its time is over', async () => {
    const ticket = await issue();
    await parley.database.query('update ws_tickets set expires_at = now()');
    await refused(ticket, 'unauthenticated');
  });

  it('is refused when its session has ended', async () => {
    const ticket = await issue();
    await ana.post('/auth/logout');
    await refused(ticket, 'session_revoked');
  });

  it('is refused when its account has been disabled', async () => {
    const ticket = 'made for a session that no call has been made with, so that nothing is remembered of it';
    await parley.database.query(
      `insert into ws_tickets (hash, session_id, expires_at)
       select sha256($1), id, now() + interval '30 seconds' from sessions where user_id = $2`,
      [Buffer.from(ticket), ana.tokens!.user.id],
    );
    await changeAccount(parley, ana, 'disabled_at = now()');
    await refused(ticket, 'account_disabled');
  });

  it("is refused in another browser than its cookie's, whose session ends", async () => {
    const page = new BrowserClient(parley.url, { origin: parley.url, userAgent: firefoxOnWindows });
    const { body } = await page.signIn('/auth/guest');
    const headers = { 'User-Agent': firefoxOnWindows };
    const signedIn = new Client(parley.url, body);
    const { ticket } = (await signedIn.post<TicketResponse>('/auth/ws-ticket', undefined, { headers })).body;
    await expect(redeem(ticket, chromeOnWindows)).rejects.toMatchObject({ code: 'session_revoked' });
    expectProblem(await signedIn.get('/users/me', { headers }), 401, 'session_revoked');
  });
});
