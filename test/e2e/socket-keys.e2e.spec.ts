import type { Client } from '../support/client';
import { pauseAnswer } from '../support/paused-answer';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { SocketClient } from '../support/socket-client';

let keys = 0;

describe('A question that is sent twice over sockets under one key', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let socket: SocketClient;

  beforeAll(async () => ({ parley, model, ana } = await startScriptedApp()));
  beforeEach(async () => (socket = await SocketClient.signedIn(ana)));
  afterEach(() => socket.close());
  afterAll(() => parley.close());

  const newKey = () => `key-${++keys}`;
  const frame = (content: string, idempotencyKey: string, conversationId: string | null = null) => ({
    ...{ type: 'message.send', content, idempotencyKey, conversationId },
  });
  const callsWith = (question: string) => model.calls.filter((call) => call.question === question);

  it('gets the whole text again, beginning with its creation', async () => {
    const asked = frame('Twice?', newKey());
    const [first, again] = [await socket.all(socket.ask(asked)), await socket.all(socket.ask(asked))];
    expect(again[0]).toEqual({ ...first[0], requestId: again[0]!.requestId });
    expect(again.at(-1)).toEqual({ ...first.at(-1), requestId: again[0]!.requestId });
    expect(socket.textOf(again[0]!.requestId!)).toBe('You said: Twice?');
    expect(callsWith('Twice?')).toHaveLength(1);
  });

  it('joins the reply that is being written', async () => {
    const { question, beginning, text, goOn } = pauseAnswer(model);
    const asked = frame(question, newKey());
    const first = socket.ask(asked);
    await socket.hears(first, beginning);
    const again = socket.ask(asked);
    await socket.hears(again, beginning);
    goOn();
    expect((await socket.all(again)).at(-1)).toMatchObject({ message: { content: text } });
    await socket.all(first);
    expect(callsWith(question)).toHaveLength(1);
  });

  it('fifty times at once calls the model once, and makes one conversation', async () => {
    const { question, beginning, text, goOn } = pauseAnswer(model);
    const asked = frame(question, newKey());
    const sockets = await Promise.all(Array.from({ length: 5 }, () => SocketClient.signedIn(ana)));
    const requests = Array.from({ length: 50 }, (_, n) => ({ by: sockets[n % 5]!, id: '' }));
    for (const request of requests) request.id = request.by.ask(asked);
    await Promise.all(requests.map(({ by, id }) => by.hears(id, beginning)));
    goOn();
    const all = await Promise.all(requests.map(({ by, id }) => by.all(id)));
    expect(new Set(all.map((events) => events[0]!.reply!.id)).size).toBe(1);
    for (const { by, id } of requests) expect(by.textOf(id)).toBe(text);
    expect(callsWith(question)).toHaveLength(1);
    const { conversationId } = all[0]![0]!.reply!;
    const rows = await parley.database.query<{ id: string }>(
      `select id from conversations c where not exists (select from messages where conversation_id = c.id)`,
    );
    expect(rows).toEqual([]);
    expect((await ana.get(`/conversations/${conversationId}`)).body).toMatchObject({ messageCount: 2 });
    await Promise.all(sockets.map((each) => each.close()));
  });

  it('is refused when it says something else, or elsewhere', async () => {
    const key = newKey();
    const { id } = await ana.conversation();
    await socket.all(socket.ask(frame('The one?', key)));
    for (const other of [frame('The other?', key), frame('The one?', key, id)])
      expect(await socket.refusal(other)).toMatchObject({ code: 'idempotency_key_reused', status: 422 });
    const overHttp = await ana.post(
      `/conversations/${id}/messages`,
      { content: 'The one?' },
      { headers: { 'Idempotency-Key': key } },
    );
    expect(overHttp).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  it('keeps nothing of a refusal', async () => {
    const key = newKey();
    const refused = await socket.refusal({ ...frame('Kept?', key), model: 'custom/none' });
    expect(refused.code).toBe('unknown_model');
    expect((await socket.all(socket.ask(frame('Kept?', key)))).at(-1)!.type).toBe('message.completed');
  });
});
