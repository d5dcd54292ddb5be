import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './config';
import { ConfigError, SECRETS, type Environment } from './environment';

const SECRET = 'x'.repeat(32);

/** What is wrong with an environment, a line each. */
function faultsOf(environment: Environment): readonly string[] {
  try {
    loadConfig({ JWT_SECRET: SECRET, ...environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('A secret', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-config-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const fileWith = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it.each(SECRETS)('can be %s from a file, without the line break at its end', (name) => {
    const secrets: Record<string, string> = {
      JWT_SECRET: SECRET,
      JWT_SECRETS: SECRET,
      ADMIN_PASSWORD: 'quartz lemon',
      LLM_API_KEY: 'sk-key',
    };
    const value = secrets[name] ?? 'postgres://u:p@db/x';
    const path = fileWith(name, `${value}\n`);
    const provider = { LLM_BASE_URL: 'http://llm/v1', LLM_MODELS: 'a', ADMIN_USERNAME: 'root' };
    const config = loadConfig({
      ...provider,
      ...(name !== 'ADMIN_PASSWORD' && { ADMIN_PASSWORD: 'another one' }),
      ...(name !== 'JWT_SECRET' && { JWT_SECRET: SECRET }),
      [`${name}_FILE`]: path,
    });
    expect(JSON.stringify(config)).toContain(JSON.stringify(value));
  });

  it('is refused from a file that is not there, and the file is not named', () => {
    const faults = faultsOf({ LLM_API_KEY_FILE: '/run/hunter2' });
    expect(faults).toEqual(['LLM_API_KEY_FILE: expected the path of a readable file']);
  });

  it('is refused from a file when it is set as well', () => {
    const faults = faultsOf({ JWT_SECRET_FILE: fileWith('both', SECRET) });
    expect(faults).toEqual(['JWT_SECRET_FILE: is set as well as JWT_SECRET; keep one']);
  });

  it('is refused when it is wrong in its file, without a word of it', () => {
    const faults = faultsOf({ DATABASE_URL_FILE: fileWith('wrong', 'mysql://hunter2') });
    expect(faults).toEqual([expect.stringMatching(/^DATABASE_URL: expected (?!.*hunter2)/)]);
  });

  it('is invented to sign with, and kept for the next start, for its owner alone', () => {
    const environment = { DATA_DIR: join(folder, 'data') };
    const [jwtSecret] = loadConfig(environment).auth.jwtSecrets;
    expect(jwtSecret.length).toBeGreaterThanOrEqual(32);
    expect(loadConfig(environment).auth.jwtSecrets).toEqual([jwtSecret]);
    const path = join(folder, 'data', 'jwt-secret');
    expect(readFileSync(path, 'utf8')).toBe(jwtSecret);
    const forOthers = process.platform === 'win32' ? 0 : statSync(path).mode & 0o077;
    expect(forOthers).toBe(0);
  });

  it('is invented once for a folder, and leaves nothing else there', () => {
    const environment = { DATA_DIR: join(folder, 'shared') };
    const [one, other] = [loadConfig(environment), loadConfig(environment)];
    expect(other.auth.jwtSecrets).toEqual(one.auth.jwtSecrets);
    expect(readdirSync(environment.DATA_DIR)).toEqual(['jwt-secret']);
  });

  it.each([
    ['empty', ''],
    ['blank', ' '.repeat(40)],
    ['cut off', 'x'.repeat(31)],
  ])('that was kept stops the start when its file is %s, and the file is named', (what, text) => {
    const dataDir = join(folder, what);
    mkdirSync(dataDir);
    const path = fileWith(join(what, 'jwt-secret'), text);
    expect(() => loadConfig({ DATA_DIR: dataDir })).toThrow(path);
    expect(readdirSync(dataDir)).toEqual(['jwt-secret']);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('is not invented in production, nor is a database', () => {
    const production = { NODE_ENV: 'production', DATA_DIR: join(folder, 'production') };
    expect(faultsOf({ ...production, JWT_SECRET: '' }).map((fault) => fault.split(':')[0])).toEqual([
      'DATABASE_URL',
      'JWT_SECRET',
    ]);
  });
});
