import { Client } from '../support/client';
import { newId } from '../../src/common/ids';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { SocketClient } from '../support/socket-client';
import { beginOver, sendOver } from '../support/socket-replies';
import { waitUntil } from '../support/wait-until';

describe('A reply that is followed over sockets', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let socket: SocketClient;

  beforeAll(async () => ({ parley, model, ana } = await startScriptedApp()));
  beforeEach(async () => (socket = await SocketClient.signedIn(ana)));
  afterEach(() => socket.close());
  afterAll(() => parley.close());

  const begin = (by = socket) => beginOver(by, model);

  const callsWith = (question: string) => model.calls.filter((call) => call.question === question);

  it('goes on when the socket closes, and can be joined again at any place', async () => {
    const { place, question, beginning, text, goOn } = await begin();
    await socket.close();
    socket = await SocketClient.signedIn(ana);
    const resume = (after: number) => socket.ask({ type: 'message.resume', ...place, after });
    const [all, rest] = [resume(0), resume(beginning.length)];
    await socket.hears(all, beginning);
    goOn();
    const events = await socket.all(rest);
    expect(events.map(({ type }) => type)).not.toContain('message.created');
    expect(events.at(-1)).toMatchObject({ type: 'message.completed', id: text.length });
    expect(socket.textOf(rest)).toBe(text.slice(beginning.length));
    await socket.all(all);
    expect(socket.textOf(all)).toBe(text);
    expect(callsWith(question)).toHaveLength(1);
  });

  it('that has ended gives its text from any place on, and beyond it the last event alone', async () => {
    const { id } = await ana.conversation();
    const { reply } = await ana.send(id, 'Where is it cold?');
    const place = { conversationId: id.toUpperCase(), messageId: reply.id.toUpperCase() };
    for (const after of [0, 4, reply.content.length, 10_000]) {
      const requestId = socket.ask({ type: 'message.resume', ...place, after });
      const last = (await socket.all(requestId)).at(-1);
      expect(last).toMatchObject({ type: 'message.completed', id: reply.content.length });
      expect(socket.textOf(requestId)).toBe(reply.content.slice(after));
    }
  });

  it('is found by its owner alone, and a question is none', async () => {
    const { id } = await ana.conversation();
    const { message, reply } = await ana.send(id, 'Where is it cold?');
    const resume = (messageId: string) => ({
      type: 'message.resume',
      conversationId: id,
      messageId,
      after: 0,
    });
    const ben = await SocketClient.signedIn(await Client.guest(parley.url));
    for (const problem of [
      await socket.refusal(resume(message.id)),
      await socket.refusal(resume(newId())),
      await ben.refusal(resume(reply.id)),
      await ben.refusal({ type: 'message.send', conversationId: id, content: 'Mine?' }),
      await ben.refusal({ type: 'message.cancel', conversationId: id, messageId: reply.id }),
    ])
      expect(problem).toMatchObject({ code: 'not_found', status: 404 });
    await ben.close();
  });

  it('can be cancelled while it comes: who asked hears of it, and so do its readers', async () => {
    const { place, requestId, beginning } = await begin();
    const cancelled = await socket.all(socket.ask({ type: 'message.cancel', ...place }));
    const end = { type: 'message.cancelled', id: beginning.length, message: { content: beginning } };
    expect(cancelled).toHaveLength(1);
    expect(cancelled[0]).toMatchObject(end);
    expect((await socket.all(requestId)).at(-1)).toMatchObject(end);
    const again = await socket.refusal({ type: 'message.cancel', ...place });
    expect(again).toMatchObject({ code: 'not_cancellable', status: 409 });
  });

  it('that is cancelled has ended before the frames that follow are taken', async () => {
    const { place } = await begin();
    socket.ask({ type: 'message.cancel', ...place });
    const next = socket.ask({ type: 'message.send', conversationId: place.conversationId, content: 'Next?' });
    expect((await socket.all(next)).at(-1)!.type).toBe('message.completed');
  });

  it('that is deleted while it comes ends with an error', async () => {
    const { place, requestId } = await begin();
    await ana.delete(`/conversations/${place.conversationId}`);
    expect((await socket.all(requestId)).at(-1)).toMatchObject({
      type: 'error',
      problem: { code: 'not_found' },
    });
  });

  it('is written to its end though the socket closes before it is created', async () => {
    const { id } = await ana.conversation();
    const other = await SocketClient.signedIn(ana);
    sendOver(other, 'Who is there?', id);
    other.socket.close();
    const stored = await waitUntil(async () => {
      const { body } = await ana.get<{ data: { content: string; completedAt: string | null }[] }>(
        `/conversations/${id}/messages`,
      );
      return body.data[0]?.completedAt ? body.data : null;
    }, 'the reply');
    expect(stored.map(({ content }) => content)).toEqual(['You said: Who is there?', 'Who is there?']);
  });
});
