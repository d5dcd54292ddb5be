import { keepPlan } from '../../src/database/kept-plans';
import { PoolerAwarePool } from '../../src/database/pooler-aware-pool';
import { SERVER_LIMITS } from '../../src/database/time-limits';
import { emptyDatabase, type TestDatabase } from '../support/database';
import { describeWithPgBouncer, PgBouncer } from '../support/pgbouncer';
import { TcpProxy } from '../support/tcp-proxy';
import { waitUntil } from '../support/wait-until';

const READ_LIMIT = `select current_setting('statement_timeout') as "limit"`;

describeWithPgBouncer('A pool of connections', () => {
  let database: TestDatabase;
  let bouncer: PgBouncer;
  let proxy: TcpProxy;
  let pool: PoolerAwarePool;
  let refused: number;

  beforeAll(async () => {
    database = await emptyDatabase();
    bouncer = await PgBouncer.start(database.url);
  });

  beforeEach(async () => {
    proxy = await TcpProxy.before(database.url);
    pool = new PoolerAwarePool({ connectionString: proxy.url, max: 5, ...SERVER_LIMITS });
    pool.on('error', () => undefined);
    refused = refusals();
  });

  afterEach(async () => {
    await pool.end();
    await proxy.close();
  });

  afterAll(async () => {
    await bouncer.stop();
    await database.drop();
  });

  const refusals = () => bouncer.output.split('unsupported startup parameter').length - 1;
  const limit = async () => (await pool.query<{ limit: string }>(READ_LIMIT)).rows[0]!.limit;
  const leadTo = async (url: string) => {
    proxy.redirect(url);
    proxy.cut();
    await waitUntil(() => pool.totalCount === 0, 'the end of all connections');
  };

  it('brings the time limits with it where the server takes them', async () => {
    await expect(limit()).resolves.toBe('4s');
  });

  it.each([
    ['queries', async () => void (await limit())],
    ['connections', async () => (await pool.connect()).release()],
  ])(
    'loses none of its %s to a pooler that is put in between, and is refused no more',
    async (_what, use) => {
      await use();
      await leadTo(bouncer.url);
      await Promise.all([1, 2, 3, 4, 5].map(() => use()));
      await waitUntil(() => refusals() > refused, 'a refusal in the log of the pooler');
      refused = refusals();
      await leadTo(bouncer.url);
      await Promise.all([1, 2, 3, 4, 5].map(() => use()));
      await expect(limit()).resolves.toBe('0'); // nothing is set on the role here
      expect(refusals()).toBe(refused);
    },
  );

  it('keeps the plans of some statements on connections to the server, and of none behind a pooler', async () => {
    const kept = keepPlan('of_a_test', 'select $1::int as given');
    const namesAfter = async (given: number) => {
      await expect(pool.query(kept, [given])).resolves.toMatchObject({ rows: [{ given }] });
      const { rows } = await pool.query<{ name: string }>('select name from pg_prepared_statements');
      return rows.map(({ name }) => name);
    };
    await expect(namesAfter(1)).resolves.toEqual(['of_a_test']);
    await leadTo(bouncer.url);
    for (const given of [2, 3]) await expect(namesAfter(given)).resolves.toEqual([]);
  });

  it('goes on when the pooler is taken away again', async () => {
    await leadTo(bouncer.url);
    await limit();
    await leadTo(database.url);
    await expect(limit()).resolves.toBe('0');
  });

  it('tells of any other refusal at once, though a pooler gives it the same code', async () => {
    await pool.end();
    const stranger = Object.assign(new URL(bouncer.url), { username: 'stranger' }).href;
    pool = new PoolerAwarePool({ connectionString: stranger, ...SERVER_LIMITS });
    const refusal = { code: '08P01', message: expect.stringContaining('authentication') as string };
    await expect(pool.connect()).rejects.toMatchObject(refusal);
    const tries = () => bouncer.output.split('login attempt').length - 1;
    const before = tries();
    await expect(pool.query('select 1')).rejects.toMatchObject(refusal);
    await waitUntil(() => tries() > before, 'the try in the log of the pooler');
    expect(tries()).toBe(before + 1);
  });
});
