import { newId } from '../../src/common/ids';
import { PROBLEMS } from '../../src/common/errors/domain-error';
import { withKey, aMember } from '../support/callers';
import type { Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';
import { SocketClient } from '../support/socket-client';

const [A, B] = [newId(), newId()];
const SEND = { type: 'message.send', conversationId: null, content: 'Hi' };
const REGENERATE = { type: 'message.regenerate', conversationId: A, messageId: B };
const RESUME = { type: 'message.resume', conversationId: A, messageId: B, after: 0 };
const CANCEL = { type: 'message.cancel', conversationId: A, messageId: B };
const nested = (depth: number): unknown => (depth === 0 ? {} : { a: nested(depth - 1) });

describe('A frame', () => {
  let parley: RunningApp;
  let ana: Client;
  let socket: SocketClient;

  beforeAll(async () => {
    parley = await startApp();
    ana = await aMember(parley);
  });
  beforeEach(async () => (socket = await SocketClient.signedIn(ana)));
  afterEach(() => socket.close());
  afterAll(() => parley.close());

  const error = () => socket.frame(({ type }) => type === 'error', 'an error');

  /** That the socket still does its work. */
  async function expectAlive() {
    socket.say({ type: 'ping', requestId: 'still there' });
    expect(await socket.frame(({ requestId }) => requestId === 'still there', 'pong')).toMatchObject({
      type: 'pong',
    });
  }

  it.each<[string, object, string]>([
    ['no type', {}, '/type'],
    ['an unknown type', { type: 'message.delete' }, '/type'],
    ['the type of an event', { type: 'message.created' }, '/type'],
    ['a type that every object has', { type: 'toString' }, '/type'],
    ['a type that is no text', { type: 1 }, '/type'],
    ['an unknown field', { ...SEND, admin: true }, '/admin'],
    ['a field that every object has', { ...SEND, constructor: 1 }, '/constructor'],
    ['no conversation', { type: 'message.send', content: 'Hi' }, '/conversationId'],
    ['a conversation that is no id', { ...SEND, conversationId: 'mine' }, '/conversationId'],
    ['no question', { ...SEND, content: undefined }, '/content'],
    ['an empty question', { ...SEND, content: ' ' }, '/content'],
    ['a question that is no text', { ...SEND, content: 1 }, '/content'],
    ['a question that cannot be stored', { ...SEND, content: 'a\0b' }, '/content'],
    ['a parent that is no id', { ...SEND, parentId: 'none' }, '/parentId'],
    ['a model that is null', { ...SEND, model: null }, '/model'],
    ['an empty key', { ...SEND, idempotencyKey: '' }, '/idempotencyKey'],
    ['a key with a space', { ...SEND, idempotencyKey: 'a b' }, '/idempotencyKey'],
    ['too long a key', { ...SEND, idempotencyKey: 'x'.repeat(256) }, '/idempotencyKey'],
    ['no reply to make anew', { ...REGENERATE, messageId: undefined }, '/messageId'],
    ['no conversation to make it in', { ...REGENERATE, conversationId: null }, '/conversationId'],
    ['a key where none is taken', { ...REGENERATE, idempotencyKey: 'x' }, '/idempotencyKey'],
    ['no place to go on at', { ...RESUME, after: undefined }, '/after'],
    ['a place before the text', { ...RESUME, after: -1 }, '/after'],
    ['a place inside a character', { ...RESUME, after: 0.5 }, '/after'],
    ['a place in words', { ...RESUME, after: '0' }, '/after'],
    ['a cancelled reply that is no id', { ...CANCEL, messageId: 'x' }, '/messageId'],
  ])('with %s is refused with the place of the fault, and the socket stays', async (_what, frame, path) => {
    const requestId = socket.ask(frame);
    const { problem, requestId: given } = await error();
    expect([given, problem]).toMatchObject([requestId, { code: 'validation_failed', status: 400 }]);
    expect(new Set(problem!.errors!.map((fault) => fault.path))).toEqual(new Set([path]));
    await expectAlive();
  });

  it.each<[string, unknown]>([
    ['none', undefined],
    ['an empty one', ''],
    ['one that is no text', 7],
    ['one that is null', null],
    ['too long a one', 'x'.repeat(129)],
  ])('that needs a request id and has %s is refused, with null in its place', async (_what, requestId) => {
    socket.say({ ...SEND, requestId });
    const { problem, requestId: given } = await error();
    expect([given, problem!.errors?.[0]?.path]).toEqual([null, '/requestId']);
    await expectAlive();
  });

  it('may have a request id of 128 characters', async () => {
    const requestId = 'é'.repeat(128);
    socket.say({ type: 'ping', requestId });
    await socket.frame((frame) => frame.requestId === requestId, 'pong');
  });

  it.each<[string, string | Buffer]>([
    ['is no JSON', '{"type":'],
    ['is empty', ''],
    ['is binary', Buffer.from('{"type":"ping"}')],
    ['is nested too deep', JSON.stringify({ type: 'ping', requestId: 'x', a: nested(32) })],
    ['has too many values', JSON.stringify({ type: 'ping', list: Array(1_001).fill(0) })],
  ])('that %s is malformed, and the socket stays', async (_what, text) => {
    socket.socket.send(text);
    expect((await error()).problem).toMatchObject({ code: 'malformed_request', status: 400 });
    await expectAlive();
  });

  it.each(['[]', 'null', '"ping"', '1'])('that is %s is no object, and the socket stays', async (text) => {
    socket.socket.send(text);
    expect(await error()).toMatchObject({ requestId: null, problem: { code: 'validation_failed' } });
    await expectAlive();
  });

  it('is refused with a whole problem that has an id of its own', async () => {
    const problems = [await socket.refusal(RESUME), await socket.refusal(RESUME)];
    for (const { requestId, ...problem } of problems) {
      expect(problem).toEqual({
        ...{ type: 'urn:parley:problem:not_found', code: 'not_found', status: 404 },
        ...{ title: PROBLEMS.not_found.title, detail: 'There is no such message.' },
      });
      expect(requestId).toMatch(/^[\da-f-]{36}$/);
    }
    expect(problems[0]!.requestId).not.toBe(problems[1]!.requestId);
  });

  it('that pings is answered with the request id as given, or none', async () => {
    socket.say({ type: 'ping' });
    socket.say({ type: 'ping', requestId: 'mine' });
    await socket.frame(({ requestId }) => requestId === 'mine', 'pong');
    expect(socket.frames.slice(1)).toEqual([{ type: 'pong' }, { type: 'pong', requestId: 'mine' }]);
  });

  it('is answered in its turn, however many come at once', async () => {
    const ids = Array.from({ length: 400 }, () => socket.ask({ type: 'ping' }));
    await socket.frame(({ requestId }) => requestId === ids.at(-1), 'the last pong');
    expect(socket.frames.slice(1).map(({ requestId }) => requestId)).toEqual(ids);
  });

  it('of a key that only reads may resume, and nothing else', async () => {
    const { id } = await ana.conversation();
    const { reply } = await ana.send(id, 'Where is it cold?');
    const reader = await SocketClient.signedIn(await withKey(ana, ['read']));
    const place = { conversationId: id, messageId: reply.id };
    const resumed = await reader.all(reader.ask({ type: 'message.resume', ...place, after: 0 }));
    expect(resumed.at(-1)).toMatchObject({ type: 'message.completed', message: { id: reply.id } });
    for (const type of ['message.send', 'message.regenerate', 'message.cancel'])
      expect(await reader.refusal({ type, ...place })).toMatchObject({
        code: 'insufficient_scope',
        status: 403,
      });
    await reader.close();
    const talker = await SocketClient.signedIn(await withKey(ana, ['chat']));
    expect((await talker.created(talker.ask(SEND))).message.content).toBe('Hi');
    await talker.close();
  });
});
