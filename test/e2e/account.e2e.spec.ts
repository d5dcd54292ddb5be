import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import type { UserResponse } from '../../src/users/user.dto';
import { Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';
import { ScriptedModelServer } from '../support/scripted-model-server';

const PASSWORD = 'quartz lemon bridge';

describe('An account', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let names = 0;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    parley = await startApp({ LLM_BASE_URL: model.url, LLM_MODELS: 'plain,clever,wise' });
  });

  beforeEach(async () => {
    ana = await Client.member(parley.url, `owner${++names}`, PASSWORD);
  });

  afterAll(async () => {
    await parley.close();
    await model.close();
  });

  const change = <Body = UserResponse>(body: object) => ana.call<Body>('PATCH', '/users/me', body);
  const answeredBy = async (
    conversation: Record<string, string> = {},
    question: Record<string, string> = {},
  ) => {
    const { id } = await ana.conversation(conversation);
    return (await ana.send(id, 'Hi', question)).reply.model;
  };

  it('is shown by another name when its owner says so', async () => {
    const { status, body } = await change({ displayName: ' Zoë \u{1F600} ' });
    expect(status).toBe(200);
    expect(body).toEqual({ ...ana.tokens!.user, displayName: 'Zoë \u{1F600}' });
    expect((await ana.get('/users/me')).body).toEqual(body);
  });

  it('keeps what a change does not name, and loses what it names as null', async () => {
    await change({ displayName: 'Ana', defaultModel: 'custom/clever' });
    expect((await change({})).body).toMatchObject({ displayName: 'Ana', defaultModel: 'custom/clever' });
    expect((await change({ displayName: null })).body).toMatchObject({
      displayName: null,
      defaultModel: 'custom/clever',
    });
    expect((await change({ defaultModel: null })).body.defaultModel).toBeNull();
  });

  it.each<[object, string, string]>([
    [{ displayName: '' }, 'validation_failed', '/displayName'],
    [{ displayName: '   ' }, 'validation_failed', '/displayName'],
    [{ displayName: 'x'.repeat(81) }, 'validation_failed', '/displayName'],
    [{ displayName: 7 }, 'validation_failed', '/displayName'],
    [{ defaultModel: '' }, 'validation_failed', '/defaultModel'],
    [{ username: 'other' }, 'validation_failed', '/username'],
    [{ role: 'admin' }, 'validation_failed', '/role'],
  ])('is not changed by %j', async (body, code, path) => {
    const refused = await change(body);
    expect(refused).toMatchObject({ status: 400, body: { code, errors: [{ path }] } });
    expect((await ana.get('/users/me')).body).toEqual(ana.tokens!.user);
  });

  it('takes no model that there is not', async () => {
    const refused = await change({ displayName: 'Ana', defaultModel: 'custom/none' });
    expect(refused).toMatchObject({ status: 400, body: { code: 'unknown_model' } });
    expect((await ana.get('/users/me')).body).toEqual(ana.tokens!.user);
  });

  it('is answered by its own model where neither the question nor the conversation names one', async () => {
    expect(await answeredBy()).toBe('custom/plain');
    await change({ defaultModel: 'custom/clever' });
    expect(await answeredBy()).toBe('custom/clever');
    expect(await answeredBy({ model: 'custom/wise' })).toBe('custom/wise');
    expect(await answeredBy({ model: 'custom/wise' }, { model: 'custom/plain' })).toBe('custom/plain');
  });

  it('is answered by the default when its own model is offered no more', async () => {
    await parley.database.query(`update users set default_model = 'custom/gone' where id = $1`, [
      ana.tokens!.user.id,
    ]);
    expect(await answeredBy()).toBe('custom/plain');
  });

  describe('that is exported', () => {
    const exported = async (client = ana, method = 'GET') => {
      const response = await fetch(`${parley.url}/api/v1/users/me/export`, {
        method,
        headers: { Authorization: `Bearer ${client.tokens!.accessToken}` },
      });
      const text = await response.text();
      const lines = text.split('\n').filter((line) => line !== '');
      return { response, text, rows: lines.map((line) => JSON.parse(line) as ExportedRow) };
    };

    it('is its user, then each conversation with its messages after it, oldest first', async () => {
      const [one, two] = [await ana.conversation({ title: 'One' }), await ana.conversation()];
      const first = await ana.send(one.id, 'Hi');
      const edited = await ana.send(one.id, 'Hi again', { parentId: null });
      const { response, rows } = await exported();
      expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-store');
      const { message, reply } = first;
      expect(rows.map(({ type, id }) => [type, id])).toEqual([
        ['user', ana.tokens!.user.id],
        ['conversation', one.id],
        ...[message, reply, edited.message, edited.reply].map(({ id }) => ['message', id]),
        ['conversation', two.id],
      ]);
      expect(rows[0]).toEqual({ type: 'user', ...ana.tokens!.user });
      const { body } = await ana.get<ConversationResponse>(`/conversations/${one.id}`);
      expect(rows[1]).toEqual({ type: 'conversation', ...body });
      expect(rows[3]).toEqual({ type: 'message', ...(await ana.message(one.id, reply.id)) });
    });

    it('has whatever does not fit one page of either', async () => {
      const conversations = await Promise.all(Array.from({ length: 45 }, () => ana.conversation()));
      await parley.database.query(
        `insert into messages (id, user_id, conversation_id, role, status, content, tokens)
         select gen_random_uuid(), $1, $2, 'user', 'completed', 'number ' || n, 1 from generate_series(1, 95) n`,
        [ana.tokens!.user.id, conversations[7]!.id],
      );
      const { rows } = await exported();
      expect(rows.filter(({ type }) => type === 'conversation')).toHaveLength(45);
      expect(new Set(rows.filter(({ type }) => type === 'message').map(({ id }) => id)).size).toBe(95);
    });

    it("has nobody else's rows and no secret", async () => {
      const ben = await Client.member(parley.url, `other${names}`, PASSWORD);
      await ben.conversation({ title: 'Of Ben' });
      const { text } = await exported();
      expect(text).not.toContain('Of Ben');
      expect(text).not.toMatch(/password|token"|hash|\$2b\$/i);
    });

    it('has no body where only its head is asked for', async () => {
      const { response, text } = await exported(ana, 'HEAD');
      expect([response.status, text]).toEqual([200, '']);
    });
  });
});

interface ExportedRow {
  readonly type: string;
  readonly id: string;
}
