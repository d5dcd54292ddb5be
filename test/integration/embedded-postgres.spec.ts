import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { EmbeddedFolder } from '../support/embedded-folder';

const isRoot = process.getuid?.() === 0;
const endedPid = spawnSync(process.execPath, ['--version']).pid;

describe('The embedded Postgres', () => {
  let folder: EmbeddedFolder;

  beforeEach(() => (folder = new EmbeddedFolder()));
  afterEach(() => folder.remove());

  it('makes a cluster with the database parley at the first start', async () => {
    const { url } = await folder.start();
    const sql = `select current_database() as database, current_user as user, pg_encoding_to_char(encoding) as encoding
      from pg_database where datname = current_database()`;
    await expect(query(url, sql)).resolves.toEqual([
      { database: 'parley', user: 'parley', encoding: 'UTF8' },
    ]);
  });

  it('lets nobody in without the password, which only its owner can read', async () => {
    const server = await folder.start();
    const wrong = Object.assign(new URL(server.url), { password: 'guessed' }).href;
    await expect(query(wrong, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(join(server.folder, 'cluster', 'password')).mode & 0o777).toBe(0o600);
  });

  it('keeps the data from one start to the next', async () => {
    const first = await folder.start();
    await keepARow(first.url);
    await first.stop();
    await expect(query(first.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expectTheRow((await folder.start()).url);
  });

  it('comes back with its data after its server was killed', async () => {
    const killed = await folder.start();
    await keepARow(killed.url);
    process.kill(EmbeddedFolder.serverPid(killed), 'SIGKILL');
    await expectTheRow((await folder.start()).url);
  });

  it('can be stopped when its server has already been killed', async () => {
    const server = await folder.start();
    process.kill(EmbeddedFolder.serverPid(server), 'SIGKILL');
    await expect(server.stop()).resolves.toBeUndefined();
  });

  it.each([
    ['has ended', endedPid],
    ['is not Postgres', process.pid],
  ])('starts over the pid file of a process that %s', async (_, pid) => {
    const first = await folder.start();
    await first.stop();
    const data = join(first.folder, 'cluster', 'data');
    writeFileSync(join(data, 'postmaster.pid'), `${pid}\n${data}\n1763740000\n5432\n`);
    await expect(query((await folder.start()).url, 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
  });

  it('starts over what a process that was killed during its first start has left', async () => {
    mkdirSync(join(folder.wanted, 'init-left', 'data'), { recursive: true });
    writeFileSync(join(folder.wanted, 'start.lock'), `${endedPid}-1`);
    const server = await folder.start();
    await expect(query(server.url, 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
    expect(readdirSync(server.folder)).toEqual(['cluster', 'users']);
  });

  it('is one server for two that start it at once, until both have stopped', async () => {
    const [one, other] = await Promise.all([folder.start(), folder.start()]);
    expect(one.url).toBe(other.url);
    await one.stop();
    await one.stop();
    await expect(query(other.url, 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
    await other.stop();
    await expect(query(other.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is left to another process that still uses it', async () => {
    const [server, elsewhere] = await Promise.all([folder.start(), folder.startElsewhere()]);
    expect(server.url).toBe(elsewhere.url);
    await server.stop();
    await expect(query(elsewhere.url, 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
  });

  it('is adopted from a process that was killed, and then stopped', async () => {
    const elsewhere = await folder.startElsewhere();
    await elsewhere.kill();
    const server = await folder.start();
    expect(server.url).toBe(elsewhere.url);
    await server.stop();
    await expect(query(elsewhere.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('The embedded Postgres below a folder that is closed to others', () => {
  it('has its data again at the next start, elsewhere only where root asks', async () => {
    const folder = new EmbeddedFolder({ closed: true });
    try {
      const first = await folder.start();
      expect(first.folder.startsWith(folder.path)).toBe(!isRoot);
      await keepARow(first.url);
      await first.stop();
      await expectTheRow((await folder.start()).url);
    } finally {
      await folder.remove();
    }
  });
});

const keepARow = (url: string) => query(url, `create table kept as select 'here' as text`);
const expectTheRow = (url: string) =>
  expect(query(url, 'select text from kept')).resolves.toEqual([{ text: 'here' }]);

async function query(url: string, sql: string): Promise<QueryResultRow[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<QueryResultRow>(sql)).rows;
  } finally {
    await client.end();
  }
}
