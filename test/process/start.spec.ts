import { once } from 'node:events';
import { Client as Connection } from 'pg';
import { cloneDatabase, type TestDatabase } from '../support/database';
import { startCommand } from '../support/parley-cli';
import { ParleyProcess } from '../support/parley-process';
import { waitUntil } from '../support/wait-until';

describe('A start that cannot work', () => {
  const outputOf = async (environment: Readonly<Record<string, string>>) => {
    const parley = ParleyProcess.launch(environment);
    return { status: await parley.ended, output: parley.output };
  };

  it('names every bad variable and no value', async () => {
    const { status, output } = await outputOf({ PORT: 'eighty', LIMIT_SEND: 'a few', JWT_SECRET: 'short' });
    expect(status).toBe(1);
    for (const name of ['PORT', 'LIMIT_SEND', 'JWT_SECRET']) expect(output).toContain(`${name}: expected`);
    for (const value of ['eighty', 'a few', 'short']) expect(output).not.toContain(value);
  });

  it('invents neither a secret nor a database in production', async () => {
    const { status, output } = await outputOf({ NODE_ENV: 'production' });
    expect(status).toBe(1);
    expect(output).toMatch(/DATABASE_URL: is required in production/);
    expect(output).toMatch(/JWT_SECRET: is required in production/);
  });

  it('says which models there are when the default is none of them', async () => {
    const { status, output } = await outputOf({
      DATABASE_URL: process.env.TEST_DATABASE_SERVER!,
      MIGRATIONS: 'manual',
      LLM_DEFAULT_MODEL: 'no/such',
    });
    expect(status).toBe(1);
    expect(output).toMatch(/LLM_DEFAULT_MODEL.*demo\/demo/s);
  });

  it('does not show the password of a database that it cannot reach', async () => {
    const { status, output } = await outputOf({
      DATABASE_URL: 'postgres://parley:canary-password@127.0.0.1:1/parley',
    });
    expect(status).toBe(1);
    expect(output).toContain('ECONNREFUSED');
    expect(output).not.toContain('canary-password');
  });
});

describe('A signal that comes while', () => {
  let database: TestDatabase;
  let holder: Connection;

  /** Nobody gets further than to the table of migrations. */
  beforeEach(async () => {
    database = await cloneDatabase();
    holder = new Connection({ connectionString: database.url });
    await holder.connect();
    await holder.query('begin; lock table migrations in access exclusive mode');
  });

  afterEach(async () => {
    await holder.end();
    await database.drop();
  });

  const waits = () =>
    waitUntil(
      async () => (await database.query(`select from pg_locks where not granted`)).length > 0,
      'a wait',
    );

  // As process 1 of a container, who has no listener hears no signal: 143 and not SIGTERM says that there is one.
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('a server starts ends it at once: %s', async (signal, status) => {
    const parley = ParleyProcess.launch({ DATABASE_URL: database.url, JWT_SECRET: 'x'.repeat(32) });
    await waits();
    parley.signal(signal);
    await expect(parley.ended).resolves.toBe(status);
  });

  it('a command works ends it at once', async () => {
    const command = startCommand(['db:status'], { DATABASE_URL: database.url });
    await waits();
    command.kill('SIGINT');
    await expect(once(command, 'exit')).resolves.toEqual([130, null]);
  });
});
