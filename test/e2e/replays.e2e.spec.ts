import { newId } from '../../src/common/ids';
import type { ExchangeResponse } from '../../src/conversations/message.dto';
import { Client, type ProblemBody } from '../support/client';
import { newGate } from '../support/gate';
import { startScriptedApp, type ScriptedApp } from '../support/scripted-app';
import { waitUntil } from '../support/wait-until';

type Exchange = ExchangeResponse & ProblemBody;

describe('A replay', () => {
  let app: ScriptedApp;
  let ana: Client;
  let id: string;

  beforeAll(async () => {
    app = await startScriptedApp();
  });
  beforeEach(async () => {
    ana = await Client.guest(app.parley.url);
    ({ id } = await ana.conversation());
  });
  afterAll(() => app.parley.close());

  const send = (key: string, content: string, prefer?: string) =>
    ana.post<Exchange>(
      `/conversations/${id}/messages`,
      { content },
      { headers: { 'Idempotency-Key': key, ...(prefer && { Prefer: prefer }) } },
    );

  it('has the status and the body of the first answer though it would not have waited', async () => {
    const [key, content] = [newId(), `Cold? ${newId()}`];
    const first = await send(key, content);
    const second = await send(key, content, 'respond-async');
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
  });

  it('has them also after one that would not have waited', async () => {
    const [key, content] = [newId(), `Cold? ${newId()}`];
    const first = await send(key, content);
    await send(key, content, 'respond-async');
    const third = await send(key, content);
    expect([first.status, third.status]).toEqual([201, 201]);
    expect(third.body).toEqual(first.body);
  });

  it('has the problem that was answered first, though it would not have waited', async () => {
    const [key, content] = [newId(), `Cold? ${newId()}`];
    app.model.answer(content, (answer) => answer.refuse(500));
    const first = await send(key, content);
    const second = await send(key, content, 'respond-async');
    const third = await send(key, content);
    expect([first.status, second.status, third.status]).toEqual([503, 503, 503]);
  });

  it('has the first answer though one that was attached to it waited for less', async () => {
    const [key, content] = [newId(), `Cold? ${newId()}`];
    const gate = newGate();
    app.model.answer(content, async (answer) => {
      answer.text('Yes');
      await gate.opened;
      answer.whole('.');
    });
    const first = send(key, content);
    await waitUntil(() => app.model.calls.some(({ question }) => question === content), 'the call');
    expect((await send(key, content, 'respond-async')).status).toBe(202);
    gate.open();
    expect((await first).status).toBe(201);
    const later = await send(key, content);
    expect(later.status).toBe(201);
    expect(later.body).toEqual((await first).body);
  });
});
