import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cloneDatabase, type TestDatabase } from '../support/database';

const ROOT = join(__dirname, '..', '..');

describe('`npm run migration:generate`', () => {
  let database: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    database = await cloneDatabase();
    folder = mkdtempSync(join(tmpdir(), 'parley-migration-'));
  });

  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  async function generate(): Promise<{ status: number; out: string; files: string[] }> {
    const words = [join('scripts', 'generate-migration.mjs'), join(folder, 'add-something')];
    const child = spawn(process.execPath, words, {
      cwd: ROOT,
      env: { PATH: process.env.PATH, DATABASE_URL: database.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [[status], out] = await Promise.all([
      once(child, 'close') as Promise<[number]>,
      text(child.stdout),
    ]);
    return { status, out, files: readdirSync(folder) };
  }

  it('writes nothing where the schema is what the entities say', async () => {
    const { out, ...outcome } = await generate();
    expect(outcome).toEqual({ status: 0, files: [] });
    expect(out).toMatch(/^No changes/);
  });

  it('writes what the schema lacks, and how to go back', async () => {
    await database.query('alter table users drop column display_name');
    const { status, files } = await generate();
    expect([status, files]).toEqual([0, [expect.stringMatching(/^\d{13}-add-something\.ts$/)]]);
    const source = readFileSync(join(folder, files[0]!), 'utf8');
    const [up, down] = source.split('async down');
    expect(up).toMatch(/class AddSomething\d{13} implements MigrationInterface/);
    expect(up).toMatch(/ALTER TABLE "users" ADD "display_name"/);
    expect(down).toMatch(/ALTER TABLE "users" DROP COLUMN "display_name"/);
  });
});
