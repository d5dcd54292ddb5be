import type { HealthResponse } from '../../src/health/health.dto';
import type { MessageResponse } from '../../src/conversations/message.dto';
import type { ModelsResponse } from '../../src/llm/model.dto';
import type { Client } from '../support/client';
import { newGate } from '../support/gate';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

describe("A provider's outage", () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;

  const start = async (environment: Record<string, string>) => {
    ({ parley, model, ana } = await startScriptedApp(environment));
  };
  afterEach(async () => {
    jest.restoreAllMocks();
    await parley.close();
  });

  const send = async (content = 'Where is it cold?') =>
    ana.post<{ reply: MessageResponse; code: string; replyId: string }>(
      `/conversations/${(await ana.conversation()).id}/messages`,
      { content },
    );
  const health = async (path = '//health') => (await ana.get<HealthResponse>(path)).body;
  const modelsAvailable = async () =>
    (await ana.get<ModelsResponse>('/models')).body.data.map(({ available }) => available);

  it('that is over in a moment is not noticed, and the wait that it asks for is kept', async () => {
    await start({});
    let refusedAt = 0;
    model.answerAll((answer, { question }) => {
      if (model.calls.length > 1) return answer.whole(`You said: ${question}`);
      refusedAt = performance.now();
      return answer.refuse(429, 'Later.', { 'retry-after': '1' });
    });
    const { status, body } = await send();
    expect([status, body.reply.content]).toEqual([201, 'You said: Where is it cold?']);
    expect(performance.now() - refusedAt).toBeGreaterThan(990);
    expect(model.calls).toHaveLength(2);
  });

  it('is answered by the model that stands in, and the reply says which one', async () => {
    await start({ LLM_MODELS: 'scripted,other', LLM_FALLBACKS: 'custom/scripted>custom/other' });
    model.answerAll((answer, { body }) => {
      if (body.model === 'scripted') answer.refuse(401);
      else answer.whole('In Oslo.');
    });
    const { body } = await send();
    expect(body.reply).toMatchObject({ content: 'In Oslo.', model: 'custom/other', status: 'completed' });
    expect(await ana.message(body.reply.conversationId, body.reply.id)).toEqual(body.reply);
  });

  it('of three tries counts as one call', async () => {
    await start({});
    model.answerAll((answer) => answer.refuse(500));
    for (let n = 0; n < 4; n++) await send();
    expect(model.calls).toHaveLength(4 * 3);
    expect(await modelsAvailable()).toEqual([true]);
  });

  it('costs no further calls until it is looked into, and shows in the health, never in the readiness', async () => {
    await start({ LLM_BREAKER_RESET: '5m' });
    model.answerAll((answer) => answer.refuse(401));
    expect(await health()).toMatchObject({ status: 'ok', checks: { 'llm:custom': { status: 'up' } } });
    for (let n = 0; n < 5; n++) expect((await send()).body.code).toBe('model_unavailable');
    const calls = model.calls.length;
    expect(calls).toBe(5);
    expect((await send()).body.code).toBe('model_unavailable');
    expect(model.calls).toHaveLength(calls);
    const down = { llm: { status: 'down' }, 'llm:custom': { status: 'down' }, database: { status: 'up' } };
    expect(await health()).toMatchObject({ status: 'degraded', checks: down });
    expect(await health('//health/ready')).toMatchObject({ status: 'ok' });
    expect(await modelsAvailable()).toEqual([false]);
    model.answerAll((answer) => answer.whole('In Oslo.'));
    const then = Date.now() + 5 * 60_000;
    jest.spyOn(Date, 'now').mockReturnValue(then);
    expect((await send()).status).toBe(201);
    expect(await health()).toMatchObject({ status: 'ok', checks: { llm: { status: 'up' } } });
    expect(await modelsAvailable()).toEqual([true]);
  });

  it('leaves nothing of a question for which there is no slot, and says when to come back', async () => {
    await start({ LLM_MAX_CALLS: '1', LLM_MAX_QUEUED_CALLS: '1' });
    const gate = newGate();
    model.answerAll(async (answer) => {
      await gate.opened;
      answer.whole('In Oslo.');
    });
    const running = [send(), send()];
    await waitUntil(async () => {
      const rows = await parley.database.query('select from generations');
      return rows.length === 2 && model.calls.length === 1;
    }, 'one reply that is written and one that waits');
    const { id } = await ana.conversation();
    const refusal = await ana.post(`/conversations/${id}/messages`, { content: 'And me?' });
    expect([refusal.status, refusal.body.code]).toEqual([503, 'model_unavailable']);
    expect(refusal.headers.get('retry-after')).toBe('1');
    expect((await ana.get(`/conversations/${id}`)).body).toMatchObject({ messageCount: 0 });
    gate.open();
    for (const { status } of await Promise.all(running)) expect(status).toBe(201);
    expect((await ana.send(id, 'And me?')).reply.status).toBe('completed');
  });
});
