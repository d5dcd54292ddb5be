import { startScriptedApp, type ScriptedApp } from '../support/scripted-app';
import type { AnswerScript } from '../support/scripted-model-server';

const FAULTS: readonly (readonly [number, string, AnswerScript])[] = [
  [502, 'model_failed', (answer) => answer.refuse(400)],
  [503, 'model_unavailable', (answer) => answer.refuse(500)],
  [504, 'model_timeout', (answer) => answer.hang()],
];

describe('A model that fails', () => {
  let app: ScriptedApp;

  beforeAll(async () => {
    const quick = {
      LLM_FIRST_TOKEN_TIMEOUT: '1500ms',
      LLM_TOTAL_TIMEOUT: '1500ms',
      LLM_BREAKER_RESET: '1ms',
    };
    app = await startScriptedApp(quick);
  });

  afterAll(() => app.parley.close());

  it.each(FAULTS)(
    'answers another reply with %i, %s, and leaves the former one',
    async (status, code, fault) => {
      const content = `Where is it cold, ${status}?`;
      const { id } = await app.ana.conversation();
      const { message, reply } = await app.ana.send(id, content);
      app.model.answer(content, fault);
      const failed = await app.ana.post(`/conversations/${id}/messages/${reply.id}/regenerate`);
      expect(failed).toMatchObject({ status, body: { code, conversationId: id, messageId: message.id } });
      expect((await app.ana.message(id, reply.id)).siblingIds).toEqual([reply.id, failed.body.replyId]);
    },
  );

  it.each(FAULTS)('answers a question with %i, %s, and keeps it', async (status, code, fault) => {
    const question = `Where is it dark, ${status}?`;
    app.model.answer(question, fault);
    const failed = await app.ana.post('/questions', { question });
    expect(failed).toMatchObject({ status, body: { code } });
    const kept = await app.ana.get<object>(`/questions/${failed.body.replyId}`);
    expect(kept.body).toMatchObject({ question, status: 'failed' });
  });

  it.each(FAULTS)('answers OpenAI clients with %i, %s', async (status, code, fault) => {
    const content = `Where is it warm, ${status}?`;
    app.model.answer(content, fault);
    for (const stream of [true, false]) {
      const asked = { model: 'custom/scripted', messages: [{ role: 'user', content }], stream };
      const answer = await app.ana.post<unknown>('//v1/chat/completions', asked);
      expect(answer).toMatchObject({ status, body: { error: { code } } });
    }
  });
});
