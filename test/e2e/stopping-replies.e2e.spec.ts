import type { ExchangeResponse, MessageResponse } from '../../src/conversations/message.dto';
import { Client } from '../support/client';
import { Listener } from '../support/listener';
import { pauseAnswer } from '../support/paused-answer';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

describe('A reply that is stopped', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;

  beforeAll(async () => ({ parley, model, ana } = await startScriptedApp()));
  afterAll(() => parley.close());

  /** A reply with its beginning written, and three who read it: its asker, one who rejoined, and one from the middle on. */
  async function begin() {
    const answer = pauseAnswer(model);
    const { id } = await ana.conversation();
    const asker = new Listener(await ana.ask(id, answer.question));
    await asker.hears(answer.beginning);
    const replyId = await asker.replyId();
    const readers = [asker];
    for (const after of [0, 3]) readers.push(new Listener(await ana.rejoin(id, replyId, after)));
    const call = model.calls.find(({ question }) => question === answer.question)!;
    return { ...answer, id, replyId, readers, call };
  }

  const cancel = <Body = MessageResponse>(id: string, replyId: string) =>
    ana.post<Body>(`/conversations/${id}/messages/${replyId}/cancel`);

  describe('by cancelling it', () => {
    it('keeps its text, tells all its readers the same, and ends the call', async () => {
      const { id, replyId, readers, beginning, call } = await begin();
      const { status, body } = await cancel(id, replyId);
      expect(status).toBe(200);
      expect(body).toMatchObject({ status: 'cancelled', finishReason: 'cancelled', content: beginning });
      const last = { id: beginning.length, type: 'message.cancelled' };
      for (const { done } of readers) {
        const end = (await done).at(-1)!;
        expect(end).toMatchObject(last);
        expect(end.data.message).toEqual(body);
      }
      await expect(call.ended).resolves.toBe('left');
      await expect(ana.message(id, replyId)).resolves.toEqual(body);
    });

    it('has one outcome everywhere, though the answer may be finished at that moment', async () => {
      const outcomes = new Set<string>();
      const LAST = 16;
      for (let round = 0; round <= LAST; round++) {
        const { id, replyId, readers, goOn } = await begin();
        const cancelling = (round === LAST ? readers[0]!.done : Promise.resolve()).then(() =>
          cancel<MessageResponse & { code?: string }>(id, replyId),
        );
        if (round === 0) await cancelling; // the first one surely comes in time, and the last one too late
        for (let n = 0; n < round % 4; n++) await ana.get('//health/live'); // a little later each time
        goOn();
        const { status, body } = await cancelling;
        const message = await ana.message(id, replyId);
        outcomes.add(message.status);
        if (status === 200) expect(body).toEqual(message);
        else expect([status, body.code]).toEqual([409, 'not_cancellable']);
        expect(message.status).toBe(status === 200 ? 'cancelled' : 'completed');
        for (const { done } of readers) expect((await done).at(-1)!.data.message).toEqual(message);
        expect(readers[0]!.text).toBe(message.content);
      }
      expect([...outcomes].sort()).toEqual(['cancelled', 'completed']);
    });

    it('many times at once ends it once', async () => {
      const { id, replyId, readers, beginning } = await begin();
      const answers = await Promise.all(Array.from({ length: 8 }, () => cancel(id, replyId)));
      for (const { status } of answers) expect([200, 409]).toContain(status);
      expect(answers.map(({ status }) => status)).toContain(200);
      for (const { done } of readers) {
        const types = (await done).map(({ type }) => type);
        expect(types.filter((type) => type === 'message.cancelled')).toHaveLength(1);
      }
      await expect(ana.message(id, replyId)).resolves.toMatchObject({ content: beginning });
    });

    it('is for its owner alone', async () => {
      const { id, replyId, readers, goOn, text } = await begin();
      const ben = await Client.guest(parley.url);
      const refused = await ben.post(`/conversations/${id}/messages/${replyId}/cancel`);
      expect(refused).toMatchObject({ status: 404, body: { code: 'not_found' } });
      goOn();
      await readers[0]!.done;
      await expect(ana.message(id, replyId)).resolves.toMatchObject({ status: 'completed', content: text });
    });

    it('leaves a conversation that goes on, with what was said', async () => {
      const { id, replyId, question, beginning } = await begin();
      await cancel(id, replyId);
      const { reply } = await ana.send(id, 'And now?');
      expect(reply).toMatchObject({ status: 'completed', content: 'You said: And now?' });
      const { messages } = model.calls.at(-1)!.body;
      expect(messages.map(({ content }) => content)).toEqual([question, beginning, 'And now?']);
    });
  });

  describe('by deleting its conversation', () => {
    it.each([
      ['it', (id: string) => `/conversations/${id}`],
      ['all of them', () => '/conversations'],
    ])('with %s ends its streams and the call', async (_, path) => {
      const { id, replyId, readers, call } = await begin();
      expect((await ana.delete(path(id))).status).toBe(204);
      for (const { done } of readers) expect((await done).at(-1)!.type).toBe('message.delta');
      await expect(call.ended).resolves.toBe('left');
      expect((await ana.get(`/conversations/${id}/messages/${replyId}`)).status).toBe(404);
      expect((await ana.get(`/conversations/${id}/messages/${replyId}/stream`)).status).toBe(404);
      expect((await cancel(id, replyId)).status).toBe(404);
    });

    it('is not found by who waits for it', async () => {
      const { question } = pauseAnswer(model);
      const { id } = await ana.conversation();
      const sent = ana.post<ExchangeResponse>(`/conversations/${id}/messages`, { content: question });
      await waitUntil(() => model.calls.some((call) => call.question === question), 'the call');
      await ana.delete(`/conversations/${id}`);
      await expect(sent).resolves.toMatchObject({ status: 404, body: { code: 'not_found' } });
    });

    it('while its answer is being finished leaves nothing behind', async () => {
      for (let round = 0; round < 10; round++) {
        const { id, readers, goOn } = await begin();
        const deleting = ana.delete(`/conversations/${id}`);
        goOn();
        await expect(deleting).resolves.toMatchObject({ status: 204 });
        await Promise.all(readers.map(({ done }) => done));
      }
      const left = await parley.database.query('select from generations union all select from reply_chunks');
      expect(left).toEqual([]);
    });
  });
});
