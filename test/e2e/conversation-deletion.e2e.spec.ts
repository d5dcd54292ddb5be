import { newId } from '../../src/common/ids';
import { Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';
import { ScriptedModelServer } from '../support/scripted-model-server';

const MORE_THAN_A_STATEMENT_DELETES = 250;

describe('Deletion', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    model.answer('Talk on', async (answer) => {
      answer.text('Well, ');
      await answer.hang();
    });
    parley = await startApp({ LLM_BASE_URL: model.url, LLM_MODELS: 'scripted' });
  });

  beforeEach(async () => {
    ana = await Client.guest(parley.url);
  });

  afterAll(async () => {
    await parley.close();
    await model.close();
  });

  const rowsOf = async (table: string, column: string, id: string) =>
    (await parley.database.query(`select from ${table} where ${column} = $1`, [id])).length;

  it('takes a conversation with its messages', async () => {
    const { id } = await ana.conversation();
    const { reply } = await ana.send(id, 'Where is it cold?');
    expect(await ana.delete(`/conversations/${id}`)).toMatchObject({ status: 204, body: '' });
    expect(await ana.get(`/conversations/${id}`)).toMatchObject({ status: 404 });
    expect(await ana.get(`/conversations/${id}/messages`)).toMatchObject({ status: 404 });
    expect(await ana.get(`/conversations/${id}/messages/${reply.id}`)).toMatchObject({ status: 404 });
    expect(await rowsOf('messages', 'conversation_id', id)).toBe(0);
  });

  it('finds nothing the second time', async () => {
    const { id } = await ana.conversation();
    await ana.delete(`/conversations/${id}`);
    const again = await ana.delete(`/conversations/${id}`);
    expect(again).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('happens once when it is asked for many times at once', async () => {
    const { id } = await ana.conversation();
    const answers = await Promise.all(Array.from({ length: 5 }, () => ana.delete(`/conversations/${id}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404, 404]);
  });

  it('leaves the other conversations', async () => {
    const [gone, kept] = [await ana.conversation(), await ana.conversation()];
    await ana.delete(`/conversations/${gone.id}`);
    expect((await ana.get(`/conversations/${kept.id}`)).body).toEqual(kept);
  });

  it('ends the reply that is being written, at the provider too', async () => {
    const { id } = await ana.conversation();
    const stream = await ana.ask(id, 'Talk on');
    const events = stream.until((_event, text) => text === 'Well, ');
    await events;
    await ana.delete(`/conversations/${id}`);
    await expect(model.calls.at(-1)!.ended).resolves.toBe('left');
    expect(await rowsOf('generations', 'conversation_id', id)).toBe(0);
  });

  describe('of everything', () => {
    it('takes the archived conversations too', async () => {
      const [plain, archived] = [await ana.conversation(), await ana.conversation()];
      await ana.patch(`/conversations/${archived.id}`, { archived: true });
      expect((await ana.delete('/conversations')).status).toBe(204);
      for (const { id } of [plain, archived]) {
        expect(await ana.get(`/conversations/${id}`)).toMatchObject({ status: 404 });
      }
    });

    it('takes more conversations than one statement does', async () => {
      await parley.database.query(
        `insert into conversations (id, user_id) select id, $1 from unnest($2::uuid[]) id`,
        [ana.tokens!.user.id, Array.from({ length: MORE_THAN_A_STATEMENT_DELETES }, () => newId())],
      );
      await ana.delete('/conversations');
      expect(await rowsOf('conversations', 'user_id', ana.tokens!.user.id)).toBe(0);
    });

    it("leaves other people's", async () => {
      const ben = await Client.guest(parley.url);
      const { id } = await ben.conversation();
      await ana.delete('/conversations');
      expect((await ben.get(`/conversations/${id}`)).status).toBe(200);
    });

    it('does the same where there is nothing', async () => {
      expect((await ana.delete('/conversations')).status).toBe(204);
      expect((await ana.delete('/conversations')).status).toBe(204);
    });
  });
});
