import { Client as Connection } from 'pg';
import type { MessageResponse } from '../../src/conversations/message.dto';
import { Client } from '../support/client';
import { textOf } from '../support/event-stream';
import { newGate } from '../support/gate';
import { Listener } from '../support/listener';
import { describeWithPgBouncer, PgBouncer } from '../support/pgbouncer';
import { runCommand } from '../support/parley-cli';
import { Replicas } from '../support/replicas';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

describeWithPgBouncer('Two replicas behind PgBouncer in transaction mode', () => {
  let replicas: Replicas;
  let bouncer: PgBouncer;
  let model: ScriptedModelServer;
  let here: Client;
  let there: Client;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    const env = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted' };
    replicas = await Replicas.start(0, { env });
    bouncer = await PgBouncer.start(replicas.database.url);
    await Promise.all([1, 2].map(() => replicas.add(throughBouncer())));
    const [first, second] = replicas.urls as [string, string];
    here = await Client.member(first, 'ana');
    there = new Client(second, here.tokens);
  });

  afterAll(async () => {
    await replicas.close();
    await bouncer.stop();
    await model.close();
  });

  const throughBouncer = () => ({
    DATABASE_URL: bouncer.url,
    DATABASE_DIRECT_URL: replicas.database.url,
  });
  const stored = async (client: Client, conversationId: string, id: string) =>
    (await client.message(conversationId, id)).content;

  it('have no more connections to the database than the pooler allows', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? here : there).get('/conversations')));
    const [{ count }] = (await replicas.database.query<{ count: number }>(
      `select count(*)::int from pg_stat_activity where datname = current_database() and application_name = 'parley'`,
    )) as [{ count: number }];
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(PgBouncer.poolSize);
  });

  it('stream thirty replies at once, each with the text that is stored', async () => {
    const words = 'Oslo, Bergen, Tromsø and Røros are cold 🧊 in winter. '.repeat(8).match(/\S+\s*/g)!;
    model.answerAll(async (answer, { question }) => {
      answer.text(`${question}: `);
      for (const word of words) answer.text(word);
      await Promise.resolve();
      answer.finish();
    });
    const texts = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const [writer, reader] = n % 2 ? [here, there] : [there, here];
        const { id } = await writer.conversation();
        const events = await (await writer.ask(id, `Question ${n}`)).all();
        expect(events.at(-1)).toMatchObject({ type: 'message.completed' });
        const { reply } = events[0]!.data as unknown as { reply: MessageResponse };
        return { n, heard: textOf(events), kept: await stored(reader, id, reply.id) };
      }),
    );
    for (const { n, heard, kept } of texts) {
      expect(heard).toBe(`Question ${n}: ${words.join('')}`);
      expect(kept).toBe(heard);
    }
  });

  it('give a reply that one writes to a reader at the other', async () => {
    const gate = newGate();
    model.answer('Where is it cold?', async (answer) => {
      answer.text('Oslo is ');
      await gate.opened;
      answer.text('cold');
      answer.finish();
    });
    const { id } = await here.conversation();
    const writer = new Listener(await here.ask(id, 'Where is it cold?'));
    await writer.hears('Oslo is ');
    const replyId = await writer.replyId();
    const reader = new Listener(await there.rejoin(id, replyId, 5));
    gate.open();
    await Promise.all([writer.done, reader.done]);
    expect(reader.text).toBe('is cold');
    expect(await stored(there, id, replyId)).toBe('Oslo is cold');
  });

  it('stop a reply of each other', async () => {
    model.answer('How cold is it?', (answer) => {
      answer.text('Very ');
      return answer.hang();
    });
    const { id } = await here.conversation();
    const writer = new Listener(await here.ask(id, 'How cold is it?'));
    await writer.hears('Very ');
    const replyId = await writer.replyId();
    const { status, body } = await there.post<MessageResponse>(
      `/conversations/${id}/messages/${replyId}/cancel`,
    );
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { status: 'cancelled', content: 'Very ' },
    });
    expect((await writer.done).at(-1)!.type).toBe('message.cancelled');
    await expect(here.message(id, replyId)).resolves.toEqual(body);
  });

  it('send a question once under its key, whichever is asked', async () => {
    const { id } = await here.conversation();
    const headers = { 'Idempotency-Key': 'the-same-question' };
    const send = (client: Client) =>
      client.post<{ reply: MessageResponse }>(
        `/conversations/${id}/messages`,
        { content: 'Once?' },
        { headers },
      );
    const answers = await Promise.all([here, there, here, there].map(send));
    expect(new Set(answers.map(({ body }) => body.reply.id)).size).toBe(1);
    expect(
      await replicas.database.query('select from messages where conversation_id = $1', [id]),
    ).toHaveLength(2);
  });

  it('delete a conversation while its reply runs elsewhere', async () => {
    model.answer('Still there?', (answer) => {
      answer.text('Yes');
      return answer.hang();
    });
    const { id } = await here.conversation();
    const writer = new Listener(await here.ask(id, 'Still there?'));
    await writer.hears('Yes');
    expect((await there.delete(`/conversations/${id}`)).status).toBe(204);
    await writer.done;
    expect((await here.get(`/conversations/${id}`)).status).toBe(404);
    await waitUntil(
      async () => (await replicas.database.query('select from generations')).length === 0,
      'no generation',
    );
  });

  it('are exported through it, in one transaction of any length, and imported', async () => {
    const command = (words: string[], input = '') =>
      runCommand(words, { env: { DATABASE_URL: bouncer.url }, input });
    const whole = await command(['export']);
    expect(whole.status).toBe(0);
    const { out } = await command(['import', '-', '--json'], whole.out);
    const { imported, alreadyThere } = JSON.parse(out) as { imported: object; alreadyThere: object };
    expect(imported).toEqual({ user: 0, apiKey: 0, usageDay: 0, conversation: 0, message: 0 });
    expect(JSON.parse(whole.out.trimEnd().split('\n').at(-1)!)).toEqual({
      type: 'end',
      counts: alreadyThere,
    });
  });

  it('leave no setting of a session behind, and no lock', async () => {
    const connection = new Connection({ connectionString: bouncer.url });
    await connection.connect();
    try {
      for (let n = 0; n < 20; n++) {
        const { rows } = await connection.query(
          `select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle,
              current_setting('search_path') as path, (select count(*)::int from pg_prepared_statements) as prepared,
              (select count(*)::int from pg_locks where locktype = 'advisory') as locks`,
        );
        const path = '"$user", public';
        expect(rows).toEqual([{ statement: '4s', idle: '10s', path, prepared: 0, locks: 0 }]);
      }
    } finally {
      await connection.end();
    }
  });

  it('have their statements and idle transactions ended by the server', async () => {
    const connection = new Connection({ connectionString: bouncer.url });
    await connection.connect();
    try {
      await expect(connection.query('select pg_sleep(30)')).rejects.toMatchObject({ code: '57014' });
    } finally {
      await connection.end();
    }
    for (const { output } of replicas.all) expect(output).not.toContain('does not limit');
  });

  it('are joined by a third that comes without migrations and without any warning', async () => {
    const { output } = await replicas.add({ DATABASE_URL: bouncer.url, MIGRATIONS: 'manual' });
    expect(output).not.toContain('does not limit');
  });

  it('warn where the role has no limits, and say which', async () => {
    const bare = await Replicas.start(0);
    const pooler = await PgBouncer.start(bare.database.url);
    try {
      const { output } = await bare.add({ DATABASE_URL: pooler.url, MIGRATIONS: 'manual' });
      expect(output).toMatch(/does not limit.*statement_timeout, idle_in_transaction_session_timeout/);
    } finally {
      await bare.close();
      await pooler.stop();
    }
  });

  it('do not start when migrations would have to go through the pooler, and say what to set', async () => {
    const parley = replicas.launch({ DATABASE_URL: bouncer.url });
    await expect(parley.ended).resolves.toBe(1);
    expect(parley.output).toMatch(/set DATABASE_DIRECT_URL/);
  });
});
