import type { HealthResponse } from '../../src/health/health.dto';
import { HealthService } from '../../src/health/health.service';
import { Client } from '../support/client';
import { cloneDatabase, type TestDatabase } from '../support/database';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';
import { TcpProxy } from '../support/tcp-proxy';

const UP = { status: 'up' };
const DOWN = { status: 'down' };

describe('Health', () => {
  let parley: RunningApp;
  let anyone: Client;

  beforeAll(async () => {
    parley = await startApp();
    anyone = new Client(parley.url);
  });

  afterAll(() => parley.close());

  const ask = async (path: string, client = anyone) => {
    const { status, headers, body } = await client.get<HealthResponse>(path);
    return { status, cached: headers.get('cache-control') !== 'no-store', body };
  };

  it('says that the process lives, and asks nothing else', async () => {
    const { status, body } = await ask('//health/live');
    expect({ status, body }).toEqual({ status: 200, body: { status: 'ok', checks: {} } });
  });

  it('says that requests may come', async () => {
    const checks = { serving: UP, database: UP, migrations: UP };
    expect(await ask('//health/ready')).toEqual({
      status: 200,
      cached: false,
      body: { status: 'ok', checks },
    });
  });

  it('says how everything is', async () => {
    const checks = { serving: UP, database: UP, migrations: UP, llm: UP, 'llm:demo': UP };
    expect(await ask('//health')).toEqual({ status: 200, cached: false, body: { status: 'ok', checks } });
  });

  describe('where migrations are behind', () => {
    let behind: RunningApp;

    beforeAll(async () => {
      behind = await startApp();
      await behind.database.query('delete from migrations');
    });

    afterAll(() => behind.close());

    it('sends requests away', async () => {
      const checks = { serving: UP, database: UP, migrations: DOWN };
      const answer = await ask('//health/ready', new Client(behind.url));
      expect(answer).toEqual({ status: 503, cached: false, body: { status: 'error', checks } });
    });

    it('says what is wrong', async () => {
      const checks = { serving: UP, database: UP, migrations: DOWN, llm: UP, 'llm:demo': UP };
      const answer = await ask('//health', new Client(behind.url));
      expect(answer).toEqual({ status: 503, cached: false, body: { status: 'error', checks } });
    });

    it('says that the process lives', async () => {
      expect((await ask('//health/live', new Client(behind.url))).status).toBe(200);
    });
  });

  describe('where the database is gone', () => {
    let database: TestDatabase;
    let proxy: TcpProxy;
    let alone: RunningApp;

    beforeAll(async () => {
      database = await cloneDatabase();
      proxy = await TcpProxy.before(database.url);
      alone = await startApp({ DATABASE_URL: proxy.url });
      await proxy.refuse();
    });

    afterAll(async () => {
      await alone.close();
      await proxy.close();
      await database.drop();
    });

    it('sends requests away, and says that the process lives', async () => {
      const ready = await ask('//health/ready', new Client(alone.url));
      expect(ready).toMatchObject({ status: 503, body: { status: 'error', checks: { database: DOWN } } });
      expect((await ask('//health/live', new Client(alone.url))).status).toBe(200);
    });

    it('leaves a problem for everything else, with word of when to come back', async () => {
      const answer = await new Client(alone.url).post('/auth/guest');
      expectProblem(answer, 503, 'database_unavailable');
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(answer.body.detail).not.toMatch(/\d|ECONN|postgres|select|insert/i);
    });
  });

  it('sends requests away from a server that is going away', async () => {
    const leaving = await startApp();
    leaving.app.get(HealthService).drain();
    const { status, body } = await ask('//health/ready', new Client(leaving.url));
    expect({ status, body }).toMatchObject({
      status: 503,
      body: { status: 'error', checks: { serving: DOWN } },
    });
    expect((await ask('//health/live', new Client(leaving.url))).status).toBe(200);
    await leaving.close();
  });
});
