import { stopTheClock } from '../fakes/fake-timers';
import { FakeParley, refused, unreachable } from '../fakes/fake-parley';
import { settled } from '../fakes/settled';
import { Session } from './session';

const REFRESH = /^POST \/auth\/refresh$/;

let server: FakeParley;
/** So often somebody has signed in or out. */
let changes: number;

beforeEach(() => {
  stopTheClock();
  server = new FakeParley().open();
  changes = 0;
});
afterEach(() => {
  server.close();
  jest.useRealTimers();
});

const newSession = (guests = true) => new Session(server.origin, guests, () => changes++);

async function started(guests = true): Promise<Session> {
  const session = newSession(guests);
  await session.start();
  return session;
}

/** Somebody who has been here before. */
async function known(): Promise<Session> {
  server.accounts.remember(server.accounts.member('ana', 'quartz lemon bridge'));
  return started();
}

const lines = () => server.heard.map(({ line }) => line);
const call = (session: Session, path = '/conversations', init?: RequestInit) =>
  session.send(new Request(`${server.origin}/api/v1${path}`, init));

describe('A first visit', () => {
  it('makes a guest', async () => {
    const { user, state } = await started();
    expect([state.value, user.value?.kind]).toEqual(['signed-in', 'guest']);
    expect(lines()).toEqual(['POST /auth/refresh', 'POST /auth/guest']);
  });

  it('shows nobody a form meanwhile', async () => {
    const session = newSession();
    const states: string[] = [];
    session.state.subscribe((state) => states.push(state));
    await session.start();
    expect(states).toEqual(['starting', 'signed-in']);
  });

  it('leaves the refresh token to the cookie', async () => {
    await started();
    expect(server.heard.at(-1)).toMatchObject({ body: { transport: 'cookie' }, cookies: true });
    const { user, state } = await started();
    expect([state.value, user.value?.kind]).toEqual(['signed-in', 'guest']);
    expect(server.all(/guest/)).toHaveLength(1);
  });

  it('makes nobody where there are to be no guests', async () => {
    const { user, state } = await started(false);
    expect([state.value, user.value, lines()]).toEqual(['none', null, ['POST /auth/refresh']]);
  });

  it('makes nobody where the server takes no guests after all', async () => {
    server.accounts.guests = false;
    expect((await started()).state.value).toBe('none');
  });
});

describe('A later visit', () => {
  it('finds who was signed in', async () => {
    const { user, state } = await known();
    expect([state.value, user.value?.username]).toEqual(['signed-in', 'ana']);
    expect([lines(), changes]).toEqual([['POST /auth/refresh'], 0]);
  });

  it('makes no guest of somebody whose session has ended', async () => {
    server.accounts.remember(server.accounts.member('ana', 'quartz lemon bridge'));
    server.accounts.endSession();
    const { user, state } = await started();
    expect([state.value, user.value, lines()]).toEqual(['ended', null, ['POST /auth/refresh']]);
  });

  it.each([
    ['cannot be reached', unreachable],
    ['has too much to do', refused(503, 'overloaded', { retryAfterSeconds: 1 })],
    ['has a fault', refused(500, 'internal')],
    ['is behind a proxy that fails', () => new Response('<html>', { status: 404 })],
  ])(
    'knows nothing of a session while the server %s, and finds it when asked again',
    async (_what, mishap) => {
      server.accounts.remember(server.accounts.member('ana', 'quartz lemon bridge'));
      server.next(REFRESH, mishap);
      const session = await started();
      expect([session.state.value, server.all(/guest/)]).toEqual(['unreachable', []]);
      await session.start();
      expect([session.state.value, session.user.value?.username]).toEqual(['signed-in', 'ana']);
    },
  );
});

describe('A request', () => {
  it('carries the token and the cookies', async () => {
    const session = await started();
    expect((await call(session)).status).toBe(200);
    expect(server.heard.at(-1)).toMatchObject({ token: 'token-2', cookies: true });
  });

  it('waits for a new token when the old one is about to end', async () => {
    const session = await started();
    jest.advanceTimersByTime(579_000);
    await call(session);
    expect(server.all(REFRESH)).toHaveLength(1);
    jest.advanceTimersByTime(2_000);
    expect((await call(session)).status).toBe(200);
    expect(lines().slice(-2)).toEqual(['POST /auth/refresh', 'GET /conversations']);
  });

  it('is sent again with its body when its token is refused', async () => {
    const session = await started();
    server.accounts.expireTokens();
    const body = JSON.stringify({ title: 'Trip to Oslo' });
    expect((await call(session, '/conversations', { method: 'POST', body })).status).toBe(201);
    expect(server.all(/^POST \/conversations$/).map((heard) => heard.body)).toEqual([
      { title: 'Trip to Oslo' },
      { title: 'Trip to Oslo' },
    ]);
    expect(server.all(REFRESH)).toHaveLength(2);
  });

  it('is sent again once, not more often', async () => {
    const session = await started();
    const refusal = refused(401, 'unauthenticated');
    for (let n = 0; n < 3; n++) server.next(/^GET/, refusal);
    expect((await call(session)).status).toBe(401);
    expect(server.all(/^GET/)).toHaveLength(2);
  });

  it('asks for one new token together with all others', async () => {
    const session = await started();
    server.accounts.expireTokens();
    const answers = await Promise.all(Array.from({ length: 5 }, () => call(session)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(server.all(REFRESH)).toHaveLength(2);
  });

  it('is answered as the server answers it when a password is wrong', async () => {
    const session = await started();
    server.next(/^DELETE/, refused(401, 'invalid_credentials'));
    const answer = await call(session, '/conversations', { method: 'DELETE' });
    expect(await answer.json()).toMatchObject({ code: 'invalid_credentials' });
    expect([session.state.value, server.all(REFRESH).length]).toEqual(['signed-in', 1]);
  });

  it.each([
    ['is refused', () => server.accounts.expireTokens()],
    ['is about to end', () => jest.advanceTimersByTime(600_000)],
  ])(
    'of one person is never made as another, who has signed in elsewhere when the token %s',
    async (_, age) => {
      const session = await known();
      server.accounts.remember(server.accounts.member('ben', 'quartz lemon bridge'));
      age();
      const answer = call(session, '/conversations', { method: 'DELETE' });
      await expect(answer).rejects.toMatchObject({ code: 'session_revoked' });
      expect(session.user.value?.username).toBe('ben');
      expect(server.all(/^DELETE/).length).toBeLessThanOrEqual(1);
    },
  );

  it('is not sent again when the session is over, and the page knows that it is', async () => {
    const session = await known();
    server.accounts.endSession();
    expect((await call(session)).status).toBe(401);
    expect([session.state.value, session.user.value]).toEqual(['ended', null]);
    expect(server.all(/^GET/)).toHaveLength(1);
  });

  it.each([
    ['cannot be reached', unreachable, 'offline'],
    ['has a fault', refused(500, 'internal'), 'internal'],
  ])(
    'leaves everybody signed in when the server %s instead of giving a new token',
    async (_what, mishap, code) => {
      const session = await known();
      server.accounts.expireTokens();
      server.next(REFRESH, mishap);
      await expect(call(session)).rejects.toMatchObject({ name: 'Problem', code });
      expect([session.state.value, session.user.value?.username]).toEqual(['signed-in', 'ana']);
    },
  );

  it('fails as offline when it does not arrive', async () => {
    const session = await started();
    server.offline = true;
    await expect(call(session)).rejects.toMatchObject({ name: 'Problem', code: 'offline', status: 0 });
  });

  it('fails with the reason for which it was given up', async () => {
    const [session, giveUp] = [await started(), new AbortController()];
    server.next(/^GET/, () => new Promise(() => undefined));
    const answer = call(session, '/conversations', { signal: giveUp.signal });
    await settled();
    giveUp.abort(new Error('gone'));
    await expect(answer).rejects.toThrow('gone');
  });

  it('downloads what it asks for, or says why not', async () => {
    const session = await started();
    const { id } = server.history.conversation({ title: 'Trip to Oslo' });
    const answer = await session.download(`/api/v1/conversations/${id}`);
    expect(await answer.json()).toMatchObject({ title: 'Trip to Oslo' });
    await expect(session.download('/api/v1/conversations/c99')).rejects.toMatchObject({ code: 'not_found' });
  });
});
