import { once } from 'node:events';
import type { CreatedApiKeyResponse } from '../../src/auth/api-keys/api-key.dto';
import type { TokensResponse } from '../../src/auth/auth.dto';
import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import type { MessageResponse } from '../../src/conversations/message.dto';
import { growBranch } from '../support/branches';
import { Client } from '../support/client';
import { collectPages } from '../support/collect-pages';
import { cloneDatabase, type TestDatabase } from '../support/database';
import { Listener } from '../support/listener';
import { runCommand, startCommand } from '../support/parley-cli';
import { Replicas } from '../support/replicas';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

const ANA = { username: 'ana', password: 'quartz lemon bridge' };
/** More than an import writes at once. */
const MANY = 1_500;

interface ExportedRow {
  readonly type: string;
  readonly [member: string]: unknown;
}

describe('Export and import', () => {
  let replicas: Replicas;
  let model: ScriptedModelServer;
  let ana: Client;
  let key: string;
  let trip: string;
  let writing: { conversationId: string; replyId: string };
  /** Of everything. */
  let whole: string;
  const targets: TestDatabase[] = [];

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    model.answer('Still writing?', (answer) => {
      answer.text('Oslo is \u2028');
      return answer.hang();
    });
    replicas = await Replicas.start(1, {
      env: { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted' },
    });
    const url = replicas.urls[0]!;
    ana = await Client.member(url, ANA.username, ANA.password);
    await talk(ana);
    await talk(await Client.guest(url));
    await talk(await Client.member(url, 'ben'));
    key = (await ana.post<CreatedApiKeyResponse>('/auth/api-keys', { name: 'Key', scopes: ['read'] })).body
      .key;
    const { id } = await ana.conversation({ title: 'Long' });
    await growBranch(replicas.database, { userId: ana.tokens!.user.id, conversationId: id }, MANY);
    trip = (await ana.get<{ data: ConversationResponse[] }>('/conversations?limit=50')).body.data.find(
      ({ title }) => title === 'Trip',
    )!.id;
    const listener = new Listener(await ana.ask((await ana.conversation()).id, 'Still writing?'));
    await listener.hears('Oslo is ');
    const { reply } = listener.events[0]!.data as unknown as { reply: MessageResponse };
    writing = { conversationId: reply.conversationId, replyId: reply.id };
    const stored = () => replicas.database.query('select from reply_chunks where reply_id = $1', [reply.id]);
    await waitUntil(async () => (await stored()).length > 0, 'the text so far');
    whole = (await parley(replicas.database, 'export')).out;
  });

  afterAll(async () => {
    await replicas.close();
    await Promise.all(targets.map((database) => database.drop()));
    await model.close();
  });

  /** Branches, a system prompt and metadata. */
  async function talk(person: Client): Promise<void> {
    const conversation = {
      title: 'Trip',
      systemPrompt: 'Be brief.',
      metadata: { '10': 'ten', place: 'Oslo' },
    };
    const { id } = await person.conversation(conversation);
    const { reply } = await person.send(id, 'First');
    await person.send(id, 'Second', { parentId: reply.id });
    await person.send(id, 'Edited', { parentId: reply.id });
    await person.post(`/conversations/${id}/messages/${reply.id}/regenerate`);
    await person.patch(`/conversations/${id}`, { pinned: true, activeLeafId: reply.id });
  }

  const environment = (database: TestDatabase) => ({ DATABASE_URL: database.url, NODE_ENV: 'production' });
  const parley = (database: TestDatabase, ...words: string[]) =>
    runCommand(words, { env: environment(database) });
  const importing = (database: TestDatabase, input: string) =>
    runCommand(['import', '-', '--json'], { env: environment(database), input });
  const rowsOf = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ExportedRow);
  async function target(): Promise<TestDatabase> {
    const database = await cloneDatabase();
    targets.push(database);
    return database;
  }

  it('make an export of an import the same, byte for byte', async () => {
    const database = await target();
    const imported = await runCommand(['import', '-'], { env: environment(database), input: whole });
    expect(imported).toMatchObject({ status: 0, err: '' });
    expect(imported.out).toMatch(
      /^Imported accounts: 3, API keys: 1, .*messages: 15\d\d\.\nThere already: accounts: 0/,
    );
    const again = await parley(database, 'export');
    expect(again.status).toBe(0);
    expect(again.out === whole).toBe(true); // a difference would take minutes to print
    expect(again.err).toMatch(/^Exported accounts: 3, .*\n$/);
  });

  it('give back what people had: password, key, branches, contexts', async () => {
    const database = await target();
    await importing(database, whole);
    const moved = await replicas.add({ DATABASE_URL: database.url, JWT_SECRET: 'x'.repeat(40) });
    const { status, body } = await new Client(moved.url).post<TokensResponse>('/auth/login', ANA);
    expect({ status, user: body.user }).toEqual({ status: 200, user: ana.tokens!.user });
    const there = new Client(moved.url, body);
    for (const path of [`/conversations/${trip}`, `/conversations/${trip}/export`])
      expect((await there.get<object>(path)).body).toEqual((await ana.get<object>(path)).body);
    const [messages] = await collectPages<MessageResponse>(there, `/conversations/${trip}/messages?limit=50`);
    expect(messages!.some(({ siblingIds }) => siblingIds.length > 1)).toBe(true);
    const context = `/conversations/${trip}/messages/${messages![0]!.id}/context`;
    expect((await there.get<object>(context)).body).toEqual((await ana.get<object>(context)).body);
    const keyed = new Client(moved.url, { accessToken: key } as TokensResponse);
    expect((await keyed.get('/conversations')).status).toBe(200);
    expect((await there.get<object>('/users/me/usage')).body).toEqual(
      (await ana.get<object>('/users/me/usage')).body,
    );
    expect((await there.send(trip, 'Onwards')).reply.status).toBe('completed');
  });

  it('end a reply that is being written, with its text so far', async () => {
    const database = await target();
    await importing(database, whole);
    const moved = await replicas.add({ DATABASE_URL: database.url });
    const there = new Client(
      moved.url,
      (await new Client(moved.url).post<TokensResponse>('/auth/login', ANA)).body,
    );
    const { conversationId, replyId } = writing;
    expect(await there.message(conversationId, replyId)).toMatchObject({
      ...{ status: 'failed', finishReason: 'interrupted', content: 'Oslo is \u2028' },
      error: { code: 'interrupted' },
    });
    expect((await there.send(conversationId, 'Go on')).reply.status).toBe('completed');
    expect((await ana.message(conversationId, replyId)).status).toBe('streaming');
  });

  it('hold one account alone where one is named, and nothing of the others', async () => {
    const one = await parley(replicas.database, 'export', '--username', ' BEN ');
    const rows = rowsOf(one.out);
    expect(rows.filter(({ type }) => type === 'user')).toMatchObject([{ username: 'ben' }]);
    expect(rows.at(-1)).toMatchObject({ counts: { user: 1, apiKey: 0, conversation: 1, message: 7 } });
    const others = rowsOf(whole).filter(({ type, username }) => type === 'user' && username !== 'ben');
    for (const { id } of others) expect(one.out).not.toContain(id);
    const all = whole.split('\n');
    for (const line of one.out.split('\n').slice(0, -2)) expect(all).toContain(line);
    const nobody = await parley(replicas.database, 'export', '--username', 'nobody', '--json');
    expect(nobody).toMatchObject({ status: 1, out: '' });
    expect(JSON.parse(nobody.err)).toEqual({
      error: { code: 'not_found', message: 'There is no such account.' },
    });
  });

  it('complete what a killed import has begun', async () => {
    const database = await target();
    const half = startCommand(['import', '-'], environment(database));
    half.stdin.write(whole.slice(0, -whole.length / 5));
    const some = () => database.query('select from messages');
    await waitUntil(async () => (await some()).length > 0, 'some messages');
    half.kill('SIGKILL');
    await once(half, 'close');
    const running = `select from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;
    await waitUntil(
      async () => (await database.query(running)).length === 0,
      'the end of its last statement',
    );
    const there = (await some()).length;
    expect(there).toBeLessThan(rowsOf(whole).filter(({ type }) => type === 'message').length);
    const { out } = await importing(database, whole);
    expect(JSON.parse(out)).toMatchObject({ alreadyThere: { user: 3, message: there } });
    expect((await parley(database, 'export')).out === whole).toBe(true);
    const third = JSON.parse((await importing(database, whole)).out) as { imported: object };
    expect(Object.values(third.imported).every((count) => count === 0)).toBe(true);
  });
});
