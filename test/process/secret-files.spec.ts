import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../support/client';
import { emptyDatabase, type TestDatabase } from '../support/database';
import { ParleyProcess } from '../support/parley-process';

const PASSWORD = 'quartz lemon bridge';

describe('A Parley in production whose secrets are in files', () => {
  let database: TestDatabase;
  let folder: string;
  let parley: ParleyProcess;

  beforeAll(async () => {
    database = await emptyDatabase();
    folder = mkdtempSync(join(tmpdir(), 'parley-secrets-'));
    parley = await ParleyProcess.start({
      NODE_ENV: 'production',
      ADMIN_USERNAME: 'root',
      DATABASE_URL_FILE: fileOf('database', database.url),
      JWT_SECRET_FILE: fileOf('jwt', 'a secret that only the tests know, of a good length'),
      ADMIN_PASSWORD_FILE: fileOf('admin', PASSWORD),
    });
  });

  afterAll(async () => {
    await parley.kill();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  /** As a store of secrets mounts one. */
  function fileOf(name: string, secret: string): string {
    const path = join(folder, name);
    writeFileSync(path, `${secret}\n`, { mode: 0o600 });
    return path;
  }

  it('migrates an empty database, makes the administrator, and lets it in', async () => {
    const credentials = { username: 'root', password: PASSWORD };
    const { status, body } = await new Client(parley.url).post<object>('/auth/login', credentials);
    expect(status).toBe(200);
    expect(body).toMatchObject({ user: { username: 'root', role: 'admin' } });
  });

  it('says none of them', () => {
    for (const secret of [PASSWORD, database.url, 'only the tests know'])
      expect(parley.output).not.toContain(secret);
  });
});
