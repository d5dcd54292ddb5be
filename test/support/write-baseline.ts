import { Client } from 'pg';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Repeater } from '../../src/common/repeater';
import type { ExchangeResponse } from '../../src/conversations/message.dto';
import packageJson from '../../package.json';
import { FIXTURES } from './baseline';
import { describeStatements } from './described-statement';
import { Client as Caller } from './client';
import { Observations, ObservedClient } from './observed-client';
import { nameOf, ROUTES } from './routes';
import { startApp } from './running-app';
import { dumpSchema } from './schema-dump';
import { startScriptedApp, type ScriptedApp } from './scripted-app';
import { ROOT, useEverything } from './use-everything';
import { waitUntil } from './wait-until';

/** Limits that are looked at and never reached. */
const SETTINGS = {
  ADMIN_USERNAME: ROOT.username,
  ADMIN_PASSWORD: ROOT.password,
  QUOTA_TOKENS: '1000000',
  RATE_LIMITS: 'on',
  ...Object.fromEntries(
    ['LOGIN', 'GUEST', 'REGISTER', 'SEND', 'SEND_ADDRESS', 'DEFAULT'].map((name) => [
      `LIMIT_${name}`,
      '100000/1m',
    ]),
  ),
};

/** What every replica does now and then, and begins with here: see `startChoresAtOnce`. */
const CHORES = [
  'delete from sessions',
  'delete from api_keys',
  'delete from idempotency_keys',
  'with expired as',
];

/** What replicas do with the replies of others: read, and take over. */
const REMOTELY = ['watched_until', 'attempts + 1'];

describe('The baseline', () => {
  const texts = new Set<string>();
  const seen = new Observations();
  let scripted: ScriptedApp;

  beforeAll(async () => {
    noteStatements(texts);
    startChoresAtOnce();
    scripted = await startScriptedApp(SETTINGS);
    await useEverything(new ObservedClient(scripted.parley.url, seen), scripted.model);
    await useTwoReplicas(scripted);
    for (const part of [...CHORES, ...REMOTELY])
      await waitUntil(() => [...texts].some((text) => text.includes(part)), part);
  });

  afterAll(() => scripted.parley.close());

  it('is written from a run in which every operation has done its work', async () => {
    expect(ROUTES.map(nameOf).filter((name) => !seen.operations.has(name))).toEqual([]);
    const { database } = scripted.parley;
    const sorted = [...texts].sort();
    const described = await describeStatements(database.url, sorted);
    expect(described.filter((each) => 'refusal' in each)).toEqual([]);
    const folder = emptyFolder();
    write(join(folder, 'schema.json'), await dumpSchema(database));
    write(
      join(folder, 'statements.json'),
      sorted.map((text, n) => ({ text, ...described[n] })),
    );
    cpSync(join(__dirname, '..', '..', 'docs', 'openapi.json'), join(folder, 'openapi.json'));
  });
});

/** Else they would begin within ten minutes. */
function startChoresAtOnce(): void {
  jest.spyOn(Repeater.prototype, 'start').mockImplementation(function (this: Repeater) {
    this['schedule'](0);
  });
}

/** A reply that is read on another replica, and one whose replica is gone. */
async function useTwoReplicas({ parley, model, ana }: ScriptedApp): Promise<void> {
  const settings = { ...SETTINGS, DATABASE_URL: parley.database.url };
  const other = await startApp({ ...settings, LLM_BASE_URL: model.url, LLM_MODELS: 'scripted' });
  model.answer('endless', (answer) => answer.hang());
  const { id } = await ana.conversation({});
  const later = { headers: { Prefer: 'respond-async' } };
  const { body } = await ana.post<ExchangeResponse>(
    `/conversations/${id}/messages`,
    { content: 'endless' },
    later,
  );
  const elsewhere = new Caller(other.url, ana.tokens);
  await elsewhere.rejoin(id, body.reply.id, 0);
  await parley.database.query(
    `update generations set owner = gen_random_uuid(), lease_until = now() - interval '1 second'`,
  );
  await waitUntil(
    async () => (await parley.database.query('select from generations where attempts > 1')).length === 1,
    'a reply that is taken over',
  );
  await elsewhere.post(`/conversations/${id}/messages/${body.reply.id}/cancel`);
  await other.close();
}

/** Each that the application sends from now on, over whatever connection. */
function noteStatements(texts: Set<string>): void {
  const query = Reflect.get(Client.prototype, 'query') as (...parameters: unknown[]) => unknown;
  const noted = function (this: Client, ...parameters: unknown[]): unknown {
    const { application_name: name } = (this as unknown as { connectionParameters: Record<string, unknown> })
      .connectionParameters;
    const [given] = parameters as [string | { text: string }];
    if (name === 'parley') texts.add(typeof given === 'string' ? given : given.text);
    return Reflect.apply(query, this, parameters);
  };
  Client.prototype.query = noted as typeof Client.prototype.query;
}

function emptyFolder(): string {
  for (const name of readdirSync(FIXTURES))
    if (name.startsWith('baseline-')) rmSync(join(FIXTURES, name), { recursive: true });
  const folder = join(FIXTURES, `baseline-${packageJson.version}`);
  mkdirSync(folder);
  return folder;
}

const write = (path: string, content: unknown) => {
  writeFileSync(path, `${JSON.stringify(content, sortedKeys, 2)}\n`);
};

/** The database's order of keys is its own. Of a statement the text comes first. */
function sortedKeys(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || 'text' in value) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
