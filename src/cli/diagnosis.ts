import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadConfig, type Config } from '../config/config';
import { ConfigError, type Environment } from '../config/environment';
import { refusesSettings } from '../database/direct-url';
import { examineDatabase, type DatabaseFacts } from '../database/database-facts';
import { listModels } from '../llm/openai/model-list';
import { PRESETS } from '../llm/presets';
import { checkConfig } from './checked-config';

/** What was looked at, and what was found. Without `advice` nothing has to be done. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly said: string;
  readonly advice?: string;
}

/** Sessions and leases are in seconds: by then some end early. */
const MOST_CLOCK_DIFFERENCE_MS = 5_000;

const RIGHTS_ADVICE = 'Run parley db:migrate with DATABASE_DIRECT_URL: docs/operations.md, "Database roles".';

/** Looks at all that a server needs. Changes nothing but that a secret is invented and kept, as at a start. */
export async function diagnose(environment: Environment, now = Date.now): Promise<Finding[]> {
  try {
    checkConfig(environment);
    const folder = checkFolder(environment);
    if (!folder.ok) return [folder];
    const config = loadConfig(environment);
    const database = config.database.url === null ? [] : await checkDatabase(config, now);
    return [good('configuration', 'valid'), folder, checkSecret(environment, config), ...database].concat(
      await checkModels(config),
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((said) => bad('configuration', said, '.env.example explains every name.'));
  }
}

const good = (check: string, said: string): Finding => ({ check, ok: true, said });
const bad = (check: string, said: string, advice: string): Finding => ({ check, ok: false, said, advice });

/** As it is, or in a file. */
const isGiven = (environment: Environment, ...names: string[]): boolean =>
  names.some((name) => environment[name] || environment[`${name}_FILE`]);

/** Only where something is kept there: the database, or the secret. */
function checkFolder(environment: Environment): Finding {
  if (isGiven(environment, 'DATABASE_URL') && isGiven(environment, 'JWT_SECRET', 'JWT_SECRETS'))
    return good('DATA_DIR', 'not used');
  let folder = environment.DATA_DIR || '.parley';
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    if (!statSync(folder).isDirectory()) throw new Error('a file');
    accessSync(folder, constants.W_OK);
    return good('DATA_DIR', 'can be written to');
  } catch {
    return bad(
      'DATA_DIR',
      'cannot be written to',
      'Give the folder to whom Parley runs as, or name another one.',
    );
  }
}

/** One that is invented is another one on every machine. */
function checkSecret(environment: Environment, { database }: Config): Finding {
  if (isGiven(environment, 'JWT_SECRET', 'JWT_SECRETS')) return good('JWT_SECRET', 'given');
  if (database.url === null) return good('JWT_SECRET', 'invented, and kept in DATA_DIR');
  const advice = 'Set it to 32 characters or more, the same for all replicas: openssl rand -base64 48';
  return bad('JWT_SECRET', 'not given, so each machine invents its own', advice);
}

async function checkDatabase({ database }: Config, now: () => number): Promise<Finding[]> {
  const facts = await examineDatabase(database.url!);
  if ('trouble' in facts)
    return [bad('database', facts.trouble, 'Check DATABASE_URL, and that the database runs and lets us in.')];
  return [
    good('database', `PostgreSQL ${facts.version}`),
    await checkDirect(database),
    checkClock(facts, now()),
    ...checkSchema(facts),
  ];
}

async function checkDirect({ url, directUrl, migrate }: Config['database']): Promise<Finding> {
  const check = 'direct connection';
  if (!migrate && directUrl === url) return good(check, 'not used: migrations are run by others');
  if (!(await refusesSettings(directUrl!))) return good(check, 'leads to the database itself');
  const advice = 'Set DATABASE_DIRECT_URL to the database itself, for migrations.';
  return bad(check, 'leads to a connection pooler', advice);
}

function checkClock({ askedAtMs, answeredAtMs, databaseMs }: DatabaseFacts, now: number): Finding {
  const away = now - Date.now(); // the tests' clock may be another one
  const differenceMs = Math.abs(databaseMs - away - (askedAtMs + answeredAtMs) / 2);
  const said = `${(differenceMs / 1000).toFixed(1)} s from the database's`;
  const advice = 'Keep the time of both machines by NTP.';
  return differenceMs > MOST_CLOCK_DIFFERENCE_MS ? bad('clock', said, advice) : good('clock', said);
}

function checkSchema({ unlimited, migrations, missing }: DatabaseFacts): Finding[] {
  const limitAdvice = 'Set them on the role: docs/architecture.md, "Behind a connection pooler".';
  return [
    unlimited.length > 0
      ? bad('time limits', `the database sets none for ${unlimited.join(', ')}`, limitAdvice)
      : good('time limits', 'set'),
    checkMigrations(migrations),
    missing.length > 0
      ? bad('rights', `the role may not ${missing.join(', ')}`, RIGHTS_ADVICE)
      : good('rights', 'the role may read and write all rows'),
  ];
}

function checkMigrations(migrations: DatabaseFacts['migrations']): Finding {
  const check = 'migrations';
  if (!migrations) return bad(check, 'the role may not look at them', RIGHTS_ADVICE);
  const { pending, unknown } = migrations;
  if (pending.length > 0) return bad(check, `to be applied: ${pending.join(', ')}`, 'Run parley db:migrate.');
  return good(
    check,
    unknown.length > 0 ? `up to date; of a newer version: ${unknown.join(', ')}` : 'up to date',
  );
}

async function checkModels({ llm }: Config): Promise<Finding[]> {
  if (llm.providers.length === 0)
    return [good('models', 'none is configured: the demo model answers (docs/models.md)')];
  return Promise.all(
    llm.providers.map(async ({ name, baseUrl, apiKey }) => {
      const answer = await listModels(baseUrl ?? PRESETS[name]!.baseUrl!, apiKey);
      const check = `models of ${name}`;
      if (answer === 200) return good(check, 'answer');
      const keyAdvice = 'The key is wrong, has ended, or may not list models: take a new one.';
      if (answer === 401 || answer === 403) return bad(check, `the key is refused (${answer})`, keyAdvice);
      const advice = 'Check the address, and that this machine may call it.';
      return bad(check, typeof answer === 'number' ? `answer ${answer}` : `no answer (${answer})`, advice);
    }),
  );
}
