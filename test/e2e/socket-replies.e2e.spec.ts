import { type Client } from '../support/client';
import { newId } from '../../src/common/ids';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { SocketClient } from '../support/socket-client';
import { beginOver, sendOver } from '../support/socket-replies';
import { waitUntil } from '../support/wait-until';

describe('A reply over a socket', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let socket: SocketClient;

  beforeAll(async () => ({ parley, model, ana } = await startScriptedApp()));
  beforeEach(async () => (socket = await SocketClient.signedIn(ana)));
  afterEach(() => socket.close());
  afterAll(() => parley.close());

  const send = (content: string, conversationId: string | null = null, more: object = {}) =>
    sendOver(socket, content, conversationId, more);
  const begin = (by = socket) => beginOver(by, model);

  const conversations = async () =>
    (await ana.get<{ data: unknown[] }>('/conversations?limit=100')).body.data;

  it('comes from its question to its end, each event with the request and the length so far', async () => {
    const { id } = await ana.conversation();
    const requestId = send(' Where is it cold? ', id);
    const events = await socket.all(requestId);
    expect(events[0]).toMatchObject({ type: 'message.created', id: 0, message: { conversationId: id } });
    expect(events[0]!.message!.content).toBe('Where is it cold?');
    let text = '';
    for (const event of events) {
      text += event.delta ?? '';
      expect(event).toMatchObject({ requestId, id: text.length });
    }
    const last = events.at(-1)!;
    expect(last).toMatchObject({ type: 'message.completed', message: { content: text } });
    await expect(ana.message(id, last.message!.id)).resolves.toEqual(last.message);
  });

  it('makes its conversation where there is none, and the next question follows it there', async () => {
    const before = (await conversations()).length;
    const { message, reply } = await socket.created(send('Is it new?'));
    expect(message).toMatchObject({ parentId: null, content: 'Is it new?' });
    const { body } = await ana.get(`/conversations/${reply.conversationId}`);
    expect(body).toMatchObject({
      title: 'Is it new?',
      messageCount: 2,
      activeLeafId: reply.id,
      archived: false,
    });
    expect(await conversations()).toHaveLength(before + 1);
    await waitUntil(() => socket.frames.some(({ type }) => type === 'message.completed'), 'the end');
    const next = await socket.created(send('And now?', reply.conversationId));
    expect(next.message.parentId).toBe(reply.id);
  });

  it.each([
    ['an unknown model', { model: 'custom/none' }, 'unknown_model'],
    ['a parent from elsewhere', { parentId: newId() }, 'not_found'],
    ['too long a question', { content: 'x'.repeat(5_001) }, 'validation_failed'],
  ])('that is refused for %s leaves no conversation behind', async (_why, more, code) => {
    const before = await conversations();
    const problem = await socket.refusal({
      type: 'message.send',
      conversationId: null,
      content: 'Hi',
      ...more,
    });
    expect(problem.code).toBe(code);
    expect(await conversations()).toEqual(before);
  });

  it('starts a new branch at the parent that is named', async () => {
    const { reply } = await socket.created(send('Is it new?'));
    await waitUntil(() => socket.frames.some(({ type }) => type === 'message.completed'), 'the end');
    const edited = await socket.created(send('Is it old?', reply.conversationId, { parentId: null }));
    expect(edited.message).toMatchObject({ parentId: null });
    expect(edited.message.siblingIds).toHaveLength(2);
  });

  it('can be made anew beside the former one', async () => {
    const { id } = await ana.conversation();
    const { message, reply } = await ana.send(id, 'Where is it cold?');
    const requestId = socket.ask({ type: 'message.regenerate', conversationId: id, messageId: reply.id });
    const events = await socket.all(requestId);
    expect(events[0]).toMatchObject({ type: 'message.created', id: 0, message: { id: message.id } });
    expect(events.at(-1)!.type).toBe('message.completed');
    expect(events.at(-1)!.message!.siblingIds).toEqual([reply.id, events[0]!.reply!.id]);
    const ofQuestion = { type: 'message.regenerate', conversationId: id, messageId: message.id };
    expect((await socket.refusal(ofQuestion)).code).toBe('not_found');
  });

  it('is one at a time in a conversation; the one in the way is named', async () => {
    const { place, reply, goOn, requestId } = await begin();
    const frame = { type: 'message.send', conversationId: place.conversationId, content: 'And now?' };
    const problem = await socket.refusal(frame);
    expect(problem).toMatchObject({ code: 'reply_in_progress', status: 409, replyId: reply.id });
    goOn();
    await socket.all(requestId);
  });

  it('does not hold up other replies on the same socket', async () => {
    const [first, second] = [await begin(), await begin()];
    second.goOn();
    await socket.all(second.requestId);
    expect(socket.textOf(second.requestId)).toBe(second.text);
    expect(socket.textOf(first.requestId)).toBe(first.beginning);
    first.goOn();
    await socket.all(first.requestId);
    expect(socket.textOf(first.requestId)).toBe(first.text);
  });

  it('that fails ends with the event that says so', async () => {
    model.answer('Why?', (answer) => answer.refuse(500));
    const last = (await socket.all(send('Why?'))).at(-1)!;
    expect(last).toMatchObject({ type: 'message.failed', message: { error: { code: 'model_unavailable' } } });
  });
});
