import { Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';
import { startScriptedApp, type ScriptedApp } from '../support/scripted-app';
import type { AnswerScript } from '../support/scripted-model-server';

const FAULTS: readonly (readonly [number, string, AnswerScript])[] = [
  [502, 'model_failed', (answer) => answer.refuse(400)],
  [503, 'model_unavailable', (answer) => answer.refuse(500)],
  [504, 'model_timeout', (answer) => answer.hang()],
];

describe('A model that fails', () => {
  let app: ScriptedApp;
  /** Waits half a second for the model. */
  let hasty: RunningApp;

  beforeAll(async () => {
    const again = { LLM_BREAKER_RESET: '1ms' };
    app = await startScriptedApp(again);
    const { model, parley } = app;
    // Of one database: passport is one for the process, and signs in where the last app does.
    const shared = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', DATABASE_URL: parley.database.url };
    hasty = await startApp({ ...again, ...shared, LLM_TOTAL_TIMEOUT: '500ms' });
  });

  afterAll(async () => {
    await hasty.close();
    await app.parley.close();
  });

  const asking = (status: number) => new Client(status === 504 ? hasty.url : app.parley.url, app.ana.tokens);

  it.each(FAULTS)(
    'answers another reply with %i, %s, and leaves the former one',
    async (status, code, fault) => {
      const content = `Where is it cold, ${status}?`;
      const { id } = await app.ana.conversation();
      const { message, reply } = await app.ana.send(id, content);
      app.model.answer(content, fault);
      const failed = await asking(status).post(`/conversations/${id}/messages/${reply.id}/regenerate`);
      expect(failed).toMatchObject({ status, body: { code, conversationId: id, messageId: message.id } });
      expect((await app.ana.message(id, reply.id)).siblingIds).toEqual([reply.id, failed.body.replyId]);
    },
  );

  it.each(FAULTS)('answers a question with %i, %s, and keeps it', async (status, code, fault) => {
    const question = `Where is it dark, ${status}?`;
    app.model.answer(question, fault);
    const failed = await asking(status).post('/questions', { question });
    expect(failed).toMatchObject({ status, body: { code } });
    const kept = await app.ana.get<object>(`/questions/${failed.body.replyId}`);
    expect(kept.body).toMatchObject({ question, status: 'failed' });
  });

  it.each(FAULTS)('answers OpenAI clients with %i, %s', async (status, code, fault) => {
    const content = `Where is it warm, ${status}?`;
    app.model.answer(content, fault);
    for (const stream of [true, false]) {
      const asked = { model: 'custom/scripted', messages: [{ role: 'user', content }], stream };
      const answer = await asking(status).post<unknown>('//v1/chat/completions', asked);
      expect(answer).toMatchObject({ status, body: { error: { code } } });
    }
  });
});
