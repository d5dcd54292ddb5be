import { anAdmin, signedInAgain } from '../support/callers';
import type { Client } from '../support/client';
import { cloneDatabase } from '../support/database';
import { callRoute, nameOf, ROUTES } from '../support/routes';
import { startApp } from '../support/running-app';
import { TcpProxy } from '../support/tcp-proxy';

/** The health counts nobody, and reports what others fail by. */
const COUNTED = ROUTES.filter(({ path }) => !path.startsWith('/health'));
const NAMES = COUNTED.map(nameOf);

/** Of all routes at once: which of them answer that. */
async function answering(status: number, code: string, caller: Client): Promise<string[]> {
  const answers = await Promise.all(
    COUNTED.map(async (route) => ({ name: nameOf(route), answer: await callRoute(caller, route) })),
  );
  const fits = answers.filter(({ answer }) => answer.status === status && answer.body.code === code);
  return fits.map(({ name }) => name);
}

describe('Every route but the health', () => {
  /** Of an administrator, in a session that nothing is remembered of. */
  let admin: Client;

  it('refuses who has asked too often', async () => {
    const once = '1/1h';
    const parley = await startApp({
      ...{ RATE_LIMITS: 'on', LIMIT_DEFAULT: once, LIMIT_SEND: once, LIMIT_SEND_ADDRESS: once },
      ...{ LIMIT_GUEST: once, LIMIT_REGISTER: once, LIMIT_LOGIN: once },
    });
    admin = await anAdmin(parley);
    await answering(429, 'rate_limited', admin); // each has been asked once
    expect(await answering(429, 'rate_limited', admin)).toEqual(NAMES);
    await parley.close();
  });

  it('says so when the database is away', async () => {
    const database = await cloneDatabase();
    const proxy = await TcpProxy.before(database.url);
    const parley = await startApp({ DATABASE_URL: proxy.url });
    admin = await signedInAgain(await anAdmin({ ...parley, database }));
    await proxy.refuse();
    expect(await answering(503, 'database_unavailable', admin)).toEqual(NAMES);
    await parley.close();
    await proxy.close();
    await database.drop();
  });

  it('tells nothing of a mistake of ours', async () => {
    const parley = await startApp();
    admin = await signedInAgain(await anAdmin(parley));
    await parley.database.query('alter schema public rename to lost');
    expect(await answering(500, 'internal', admin)).toEqual(NAMES);
    await parley.close();
  });
});
