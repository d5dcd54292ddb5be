import { FakeParley, late, refused, unreachable } from '../fakes/fake-parley';
import { stopTheClock } from '../fakes/fake-timers';
import { settled } from '../fakes/settled';
import { Session } from './session';

const CREDENTIALS = { username: 'ana', password: 'quartz lemon bridge' };
const REFRESH = /^POST \/auth\/refresh$/;
const LOGOUT = /^POST \/auth\/logout$/;

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

async function started(guests = true): Promise<Session> {
  const session = new Session(server.origin, guests, () => changes++);
  await session.start();
  return session;
}

/** Somebody who has been here before. */
async function known(): Promise<Session> {
  server.accounts.remember(server.accounts.member('ana', CREDENTIALS.password));
  return started();
}

const listed = (session: Session) => session.send(new Request(`${server.origin}/api/v1/conversations`));

describe('Signing in', () => {
  it('changes who is signed in', async () => {
    const session = await started();
    server.accounts.member('ana', CREDENTIALS.password);
    await session.signIn('login', CREDENTIALS);
    expect([session.state.value, session.user.value?.username, changes]).toEqual(['signed-in', 'ana', 1]);
    expect(server.heard.at(-1)).toMatchObject({ token: null });
  });

  it('leaves a guest signed in when the password is wrong', async () => {
    const session = await started();
    await expect(session.signIn('login', CREDENTIALS)).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect([session.state.value, session.user.value?.kind]).toEqual(['signed-in', 'guest']);
  });

  it('makes a member of the guest', async () => {
    const session = await started();
    const guest = session.user.value!;
    await session.signIn('register', CREDENTIALS);
    expect(session.user.value).toMatchObject({ id: guest.id, kind: 'member', username: 'ana' });
  });

  it('makes a member of the guest whose token has ended in front of the form', async () => {
    const session = await started();
    const guest = session.user.value!;
    jest.advanceTimersByTime(3_600_000);
    await session.signIn('register', CREDENTIALS);
    expect(session.user.value).toMatchObject({ id: guest.id, kind: 'member' });
  });

  it('makes a member where there is no guest', async () => {
    const session = await started(false);
    await session.signIn('register', CREDENTIALS);
    expect([session.state.value, session.user.value?.username]).toEqual(['signed-in', 'ana']);
  });

  it('gets on after a session has ended', async () => {
    const session = await known();
    session.leave('ended');
    await session.signIn('login', CREDENTIALS);
    expect((await listed(session)).status).toBe(200);
  });
});

describe('Signing out', () => {
  it('ends the session, here and on the server', async () => {
    const session = await known();
    await session.signOut();
    expect([session.state.value, session.user.value, changes]).toEqual(['none', null, 1]);
    expect((await started(false)).state.value).toBe('none');
  });

  it('is done when the session is over already', async () => {
    const session = await known();
    server.accounts.endSession();
    await session.signOut();
    expect(session.state.value).toBe('none');
  });

  it.each([
    ['does not reach the server', unreachable, 'offline'],
    ['is refused', refused(503, 'database_unavailable'), 'database_unavailable'],
  ])('does not happen when it %s', async (_what, mishap, code) => {
    const session = await known();
    server.next(LOGOUT, mishap);
    await expect(session.signOut()).rejects.toMatchObject({ name: 'Problem', code });
    expect([session.state.value, session.user.value?.username, changes]).toEqual(['signed-in', 'ana', 0]);
  });
});

describe('The tabs of a browser', () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  let last: Promise<unknown> = Promise.resolve();

  beforeEach(() => {
    /** One at a time, whoever asks. */
    const request = (_name: string, work: () => Promise<unknown>) =>
      (last = last.catch(() => undefined).then(work));
    Object.defineProperty(globalThis, 'navigator', { value: { locks: { request } }, configurable: true });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'navigator');
    if (before) Object.defineProperty(globalThis, 'navigator', before);
  });

  it('renew their session one after the other: it is one cookie for all', async () => {
    const [one, other] = [await known(), await known()];
    let arrive: () => void = () => undefined;
    server.next(REFRESH, late(new Promise<void>((resolve) => (arrive = resolve))));
    const renewals = Promise.all([one.renew(), other.renew()]);
    await settled();
    expect(server.all(REFRESH)).toHaveLength(3);
    arrive();
    await renewals;
    expect(server.all(REFRESH)).toHaveLength(4);
  });

  it('are one guest when they are opened at the same time', async () => {
    const [one, other] = await Promise.all([started(), started()]);
    expect([one.user.value?.kind, other.user.value?.id]).toEqual(['guest', one.user.value?.id]);
    expect(server.all(/guest/)).toHaveLength(1);
  });

  it('do not wait for themselves when a guest with an old token becomes a member', async () => {
    const session = await started();
    jest.advanceTimersByTime(3_600_000);
    await session.signIn('register', CREDENTIALS);
    expect(session.user.value?.kind).toBe('member');
  });
});
