import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { newId } from '../../src/common/ids';
import { growBranch } from '../support/branches';
import { cloneDatabase, emptyDatabase, type TestDatabase } from '../support/database';
import { runCommand, startCommand } from '../support/parley-cli';
import { waitUntil } from '../support/wait-until';

/** More than a pipe holds. */
const MANY = 1_500;

describe('The file of an export', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-export-'));
  const databases: TestDatabase[] = [];
  let source: TestDatabase;
  let whole: string;

  beforeAll(async () => {
    source = await made(cloneDatabase());
    const [userId, conversationId] = [newId(), newId()];
    await source.query(
      `insert into users (id, kind, role, username, password_hash) values ($1, 'member', 'user', 'ana', 'x')`,
      [userId],
    );
    await source.query('insert into conversations (id, user_id) values ($1, $2)', [conversationId, userId]);
    await growBranch(source, { userId, conversationId }, MANY);
    whole = (await parley(source, ['export'])).out;
  });

  afterAll(async () => {
    await Promise.all(databases.map((database) => database.drop()));
    rmSync(folder, { recursive: true });
  });

  async function made(making: Promise<TestDatabase>): Promise<TestDatabase> {
    const database = await making;
    databases.push(database);
    return database;
  }

  const environment = ({ url }: TestDatabase) => ({
    ...{ DATABASE_URL: url, NODE_ENV: 'production', JWT_SECRET: 'x'.repeat(40) },
  });
  const parley = (database: TestDatabase, words: readonly string[], input = '') =>
    runCommand(words, { env: environment(database), input });

  it('is new, for its owner alone, and the same as on standard output', async () => {
    const output = join(folder, 'new.jsonl');
    const { status, out, err } = await parley(source, ['export', '--output', output, '--json']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const exported = { user: 1, apiKey: 0, usageDay: 0, conversation: 1, message: MANY };
    expect(JSON.parse(out)).toEqual({ exported });
    expect(readFileSync(output, 'utf8') === whole).toBe(true);
    expect(statSync(output).mode & 0o777).toBe(0o600);
    const again = await parley(source, ['export', '--output', output]);
    expect(again).toEqual({
      status: 2,
      out: '',
      err: `${output} is there already: an export makes a new file.\n`,
    });
  });

  it('is said to be whole on standard error where standard output is the file', async () => {
    const { out, err } = await parley(source, ['export', '--json']);
    expect(out === whole).toBe(true);
    expect(JSON.parse(err)).toMatchObject({ exported: { message: MANY } });
  });

  it('is taken none of where it was cut off, but from a pipe what came before that', async () => {
    const database = await made(cloneDatabase());
    const cut = whole.slice(0, whole.lastIndexOf('{"type"'));
    writeFileSync(join(folder, 'cut.jsonl'), cut);
    const refused = await parley(database, ['import', join(folder, 'cut.jsonl')]);
    expect(refused).toMatchObject({ status: 1, out: '' });
    expect(refused.err).toBe(`The export is not whole: it was cut off after line ${MANY + 3}.\n`);
    await expect(database.query('select from users')).resolves.toEqual([]);
    const piped = await parley(database, ['import', '-', '--json'], cut);
    expect(piped).toMatchObject({ status: 1, out: '' });
    expect(JSON.parse(piped.err)).toMatchObject({ error: { code: 'validation_failed' } });
    expect((await parley(database, ['import', '-'], whole)).status).toBe(0);
    expect((await parley(database, ['export'])).out === whole).toBe(true);
  });

  it('is refused where another account has a username of it, which is named', async () => {
    const database = await made(cloneDatabase());
    const words = ['users:create', '--username', 'ana'];
    expect((await parley(database, words, 'quartz lemon bridge')).status).toBe(0);
    const { status, out, err } = await parley(database, ['import', '-', '--json'], whole);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    const message = 'Line 2: another account has the username ana.';
    expect(JSON.parse(err)).toEqual({ error: { code: 'username_taken', message } });
  });

  it('waits for a slow reader, and ends with one who leaves', async () => {
    const command = startCommand(['export'], environment(source));
    await once(command.stdout, 'readable');
    const waits = `select from pg_stat_activity where application_name = 'parley transfer' and datname = current_database()
      and state = 'idle in transaction' and state_change < clock_timestamp() - interval '500 ms'`;
    await waitUntil(async () => (await source.query(waits)).length > 0, 'an export that waits');
    command.stdout.destroy();
    const exited = once(command, 'exit') as Promise<[number]>;
    const [[status], err] = await Promise.all([exited, text(command.stderr)]);
    expect({ status, err }).toEqual({
      status: 1,
      err: 'Nobody reads standard output any more.\n',
    });
  });

  it.each([[['export']], [['import', '-']]])(
    'is neither made nor read where the schema is behind: %j',
    async (words) => {
      const refused = await parley(await made(emptyDatabase()), words, whole);
      expect(refused).toEqual({
        status: 1,
        out: '',
        err: 'The schema is behind. Run parley db:migrate first.\n',
      });
    },
  );
});
