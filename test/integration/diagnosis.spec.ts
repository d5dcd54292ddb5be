import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagnose, type Finding } from '../../src/cli/diagnosis';
import { migrate } from '../../src/database/migrate';
import { cloneDatabase, emptyDatabase, type TestDatabase } from '../support/database';
import { describeWithPgBouncer, PgBouncer } from '../support/pgbouncer';
import { makeTwoRoles } from '../support/two-roles';

const JWT_SECRET = 'canary secret of more than thirty-two characters';
const KEY = 'canary-key';

const wrong = (findings: readonly Finding[]) => findings.filter(({ ok }) => !ok).map(({ check }) => check);

describe('A diagnosis', () => {
  let database: TestDatabase;
  let provider: Server;
  let models: string;
  let status = 200;
  let keys: (string | undefined)[] = [];

  beforeAll(async () => {
    database = await cloneDatabase();
    provider = createServer((request, response) => {
      keys.push(request.url === '/v1/models' ? request.headers.authorization : request.url);
      response.writeHead(status).end('{}');
    }).listen(0, '127.0.0.1');
    await once(provider, 'listening');
    models = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
  });

  beforeEach(() => {
    status = 200;
    keys = [];
  });

  afterAll(async () => {
    await once(provider.close(), 'close');
    await database.drop();
  });

  const look = async (environment: Readonly<Record<string, string>> = {}, now?: () => number) => {
    const findings = await diagnose({ JWT_SECRET, DATABASE_URL: database.url, ...environment }, now);
    expect(JSON.stringify(findings)).not.toContain('canary');
    for (const { ok, advice } of findings) expect(ok).toBe(advice === undefined);
    return findings;
  };
  const withModel = () => ({ LLM_BASE_URL: models, LLM_API_KEY: KEY, LLM_MODELS: 'a' });

  it('finds nothing wrong where nothing is', async () => {
    const findings = await look(withModel());
    expect(wrong(findings)).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual([
      ...['configuration', 'DATA_DIR', 'JWT_SECRET', 'database', 'direct connection', 'clock'],
      ...['time limits', 'migrations', 'rights', 'models of custom'],
    ]);
    expect(keys).toEqual([`Bearer ${KEY}`]);
  });

  it.each([
    ['is wrong', { DATABASE_POOL: 'canary', LLM_MODELS: 'a' }, ['configuration']],
    ['has no secret that replicas share', { JWT_SECRET: '' }, ['JWT_SECRET']],
    ['has a folder that is none', { JWT_SECRET: '', DATA_DIR: '/dev/null/parley' }, ['DATA_DIR']],
    ['names a model that there is not', { LLM_DEFAULT_MODEL: 'no/such' }, ['configuration']],
    ['leads to no database', { DATABASE_URL: 'postgres://canary:canary@127.0.0.1:1/x' }, ['database']],
    ['leads to no model', { LLM_BASE_URL: 'http://127.0.0.1:1/v1', LLM_MODELS: 'a' }, ['models of custom']],
  ])('says so when the configuration %s', async (_what, environment, expected) => {
    expect(wrong(await look(environment))).toEqual(expect.arrayContaining(expected));
  });

  it('wants no folder where the database and the secret are given in files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-secrets-'));
    const inFile = (name: string, value: string) => {
      writeFileSync(join(folder, name), value);
      return { [name]: '', [`${name}_FILE`]: join(folder, name) };
    };
    const files = { ...inFile('DATABASE_URL', database.url), ...inFile('JWT_SECRET', JWT_SECRET) };
    const findings = await look({ ...files, DATA_DIR: '/dev/null/parley' });
    rmSync(folder, { recursive: true });
    expect(wrong(findings)).toEqual([]);
    expect(findings.map(({ check }) => check)).toContain('migrations');
  });

  it('says what is required in production, and nothing of a folder that is not used there', async () => {
    const findings = await look({ NODE_ENV: 'production', DATABASE_URL: '', DATA_DIR: '/dev/null/parley' });
    expect(findings).toMatchObject([
      { check: 'configuration', said: expect.stringContaining('DATABASE_URL') as string },
    ]);
  });

  it('says so when the password of the database is wrong', async () => {
    const DATABASE_URL = Object.assign(new URL(database.url), { password: 'canary' }).href;
    const finding = (await look({ DATABASE_URL })).find(({ ok }) => !ok);
    expect(finding).toMatchObject({ check: 'database', said: 'does not let us in (28P01)' });
  });

  it('says so when migrations are to be applied', async () => {
    const empty = await emptyDatabase();
    const findings = await look({ DATABASE_URL: empty.url });
    await empty.drop();
    expect(wrong(findings)).toEqual(['migrations']);
  });

  it('names the rights that the role lacks', async () => {
    const roles = await makeTwoRoles();
    await migrate(roles.owner);
    const before = await look({ DATABASE_URL: roles.app });
    await migrate(roles.owner, roles.app);
    const after = await look({ DATABASE_URL: roles.app });
    await roles.drop();
    expect(wrong(before)).toEqual(['migrations', 'rights']);
    expect(before.find(({ check }) => check === 'rights')!.said).toContain('insert messages');
    expect(wrong(after)).toEqual([]);
  });

  it.each([
    [401, /key is refused \(401\)/],
    [403, /key is refused \(403\)/],
    [404, /answer 404/],
    [500, /answer 500/],
  ])('says so when a provider answers %d', async (code, said) => {
    status = code;
    const findings = await look(withModel());
    expect(wrong(findings)).toEqual(['models of custom']);
    expect(findings.at(-1)!.said).toMatch(said);
  });

  it.each([-60_000, 60_000])('says so when the clock of this machine is %d ms off', async (offMs) => {
    expect(wrong(await look({}, () => Date.now() + offMs))).toEqual(['clock']);
  });

  describeWithPgBouncer('through a pooler', () => {
    it('says so when migrations would go through it, and that nobody limits statements', async () => {
      const pooler = await PgBouncer.start(database.url);
      try {
        expect(wrong(await look({ DATABASE_URL: pooler.url }))).toEqual(['direct connection', 'time limits']);
        const others = { DATABASE_URL: pooler.url, MIGRATIONS: 'manual' }; // a Job, say, with a role of its own
        expect(wrong(await look(others))).toEqual(['time limits']);
        const DATABASE_DIRECT_URL = database.url;
        expect(wrong(await look({ DATABASE_URL: pooler.url, DATABASE_DIRECT_URL }))).toEqual(['time limits']);
      } finally {
        await pooler.stop();
      }
    });
  });
});
