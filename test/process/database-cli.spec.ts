import { emptyDatabase, type TestDatabase } from '../support/database';
import { runCommand } from '../support/parley-cli';

describe('The command line, on a database', () => {
  let database: TestDatabase;
  let name: string;

  beforeAll(async () => {
    database = await emptyDatabase();
    name = new URL(database.url).pathname.slice(1);
  });

  afterAll(() => database.drop());

  // No secret to sign with: a Job that migrates has none.
  const run = (...words: string[]) =>
    runCommand(words, { env: { DATABASE_URL: database.url, NODE_ENV: 'production' } });
  const tables = async () =>
    (
      await database.query(
        `select from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
      )
    ).length;

  it('migrates, tells how far it is, goes back one and starts over', async () => {
    const before = await run('db:status');
    expect(before.status).toBe(1);
    expect(before.out).toMatch(/behind.*Usage/);
    const migrated = await run('db:migrate');
    expect(migrated.status).toBe(0);
    expect(migrated.out).toMatch(/^Applied /);
    expect(await run('db:status')).toEqual({ status: 0, err: '', out: 'The schema is up to date.\n' });
    const { out } = await run('db:revert', '--yes', '--json');
    expect(JSON.parse(out)).toEqual({ reverted: 'Usage1790000006000' });
    const { status, out: behind } = await run('db:status', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(behind)).toMatchObject({
      upToDate: false,
      pending: ['Usage1790000006000'],
      unknown: [],
    });
    await database.query(`insert into users (id, kind, role) values (gen_random_uuid(), 'guest', 'user')`);
    expect(await run('db:reset', '--yes')).toMatchObject({ status: 0, err: '' });
    await expect(database.query('select from users')).resolves.toEqual([]);
    expect(await run('db:drop', '--yes')).toMatchObject({
      status: 0,
      out: `Deleted all that Parley had in ${name}.\n`,
    });
    await expect(tables()).resolves.toBe(0);
  });

  it.each(['db:revert', 'db:drop', 'db:reset'])(
    'does no %s where nobody can be asked, unless it is told that it may',
    async (command) => {
      await run('db:migrate');
      const before = await tables();
      const { status, out, err } = await run(command);
      expect({ status, out }).toEqual({ status: 2, out: '' });
      expect(err).toMatch(/--yes/);
      expect(err).toContain(name);
      await expect(tables()).resolves.toBe(before);
    },
  );

  it('ends with 1 where a diagnosis finds something wrong, and with 0 where it does not', async () => {
    await run('db:migrate');
    const env = {
      DATABASE_URL: database.url,
      JWT_SECRET: 'canary secret of more than thirty-two characters',
    };
    const healthy = await runCommand(['doctor', '--json'], { env });
    expect({ status: healthy.status, err: healthy.err }).toEqual({ status: 0, err: '' });
    expect(JSON.parse(healthy.out)).toMatchObject({ healthy: true });
    const ill = await runCommand(['doctor'], {
      env: { ...env, LLM_BASE_URL: 'http://127.0.0.1:1', LLM_MODELS: 'a' },
    });
    expect(ill.status).toBe(1);
    expect(ill.out).toMatch(/^WRONG models of custom: /m);
  });

  it('names what is wrong in the configuration, and shows the rest without secrets', async () => {
    const env = { DATABASE_URL: 'postgres://parley:canary@db/parley', LLM_API_KEY: 'canary' };
    const wrong = await runCommand(['config:check'], { env: { ...env, PORT: 'canary' } });
    expect({ status: wrong.status, out: wrong.out }).toEqual({ status: 1, out: '' });
    expect(wrong.err).toMatch(/PORT: expected a whole number/);
    const shown = await runCommand(['config:print'], { env });
    expect(shown.status).toBe(0);
    expect(shown.out).toContain('\nDATABASE_URL=(set, not shown)\n');
    expect(wrong.err + shown.out).not.toContain('canary');
  });
});
