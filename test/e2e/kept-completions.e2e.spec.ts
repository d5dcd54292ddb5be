import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import type { MessageResponse } from '../../src/conversations/message.dto';
import { aMember } from '../support/callers';
import type { Client } from '../support/client';
import { aCompletion, asking, complete, saying, stream, textOf, textOfAll } from '../support/completions';
import { newGate } from '../support/gate';
import type { RunningApp } from '../support/running-app';
import { USAGE } from '../support/scripted-answer';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

const CALL = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } } as const;

describe('A completion with store: true', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;

  beforeAll(async () => {
    ({ parley, model } = await startScriptedApp());
  });

  beforeEach(async () => {
    ana = await aMember(parley);
    model.answerAll((answer, call) => saying('You said: ', call.question)(answer, call));
  });

  afterAll(() => parley.close());

  /** Oldest first. */
  const messagesOf = async (id: string) => {
    const { body } = await ana.get<{ data: MessageResponse[] }>(`/conversations/${id}/messages`);
    return body.data.toReversed();
  };
  const conversationsOf = async () =>
    (await ana.get<{ data: ConversationResponse[] }>('/conversations')).body.data;
  const inShort = (messages: readonly MessageResponse[]) =>
    messages.map(({ role, content }) => `${role}: ${content}`);

  it.each([false, true])('is a conversation that its headers name, streamed: %s', async (isStream) => {
    const asked = { messages: asking('Where is it cold?'), store: true };
    const { conversationId, ...answer } = isStream ? await stream(ana, asked) : await complete(ana, asked);
    const text = 'chunks' in answer ? await textOfAll(answer.chunks) : textOf(answer.completion);
    const [question, reply] = await messagesOf(conversationId!);
    expect(question).toMatchObject({
      role: 'user',
      content: 'Where is it cold?',
      status: 'completed',
      parentId: null,
    });
    expect(reply).toMatchObject({
      ...{ role: 'assistant', content: text, status: 'completed', finishReason: 'stop', error: null },
      ...{ parentId: question!.id, model: 'custom/scripted' },
      usage: {
        promptTokens: USAGE.prompt_tokens,
        completionTokens: USAGE.completion_tokens,
        estimated: false,
      },
    });
    const { body } = await ana.get<ConversationResponse>(`/conversations/${conversationId}`);
    expect(body).toMatchObject({
      ...{ title: 'Where is it cold?', model: 'custom/scripted', systemPrompt: null },
      ...{ messageCount: 2, activeLeafId: reply!.id, lastMessageAt: expect.any(String) as string },
    });
  });

  it('is there by the time that the answer is, whole or streamed', async () => {
    const whole = await complete(ana, { messages: asking('Hi'), store: true });
    expect(await messagesOf(whole.conversationId!)).toHaveLength(2);
    const streamed = await stream(ana, { messages: asking('Hi'), store: true });
    await textOfAll(streamed.chunks);
    expect(await messagesOf(streamed.conversationId!)).toHaveLength(2);
  });

  it('keeps what users and assistants have said, in turns, and the instructions as the system prompt', async () => {
    const { conversationId } = await complete(ana, {
      store: true,
      messages: [
        { role: 'assistant', content: 'How can I help?' },
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
            { type: 'text', text: 'And that?' },
          ],
        },
        { role: 'assistant', content: 'A cat.' },
        { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
        { role: 'user', content: ' \n' },
        { role: 'user', content: 'How cold is it?' },
        { role: 'assistant', content: 'I look it up.', tool_calls: [CALL] },
        { role: 'tool', tool_call_id: 'call_1', content: 'minus 3' },
      ],
    });
    expect(inShort(await messagesOf(conversationId!))).toEqual([
      'user: Hello.\n\nWhat is this?\n\nAnd that?',
      'assistant: A cat.',
      'user: How cold is it?',
      'assistant: I look it up.\n\nYou said: minus 3',
    ]);
    const { body } = await ana.get<ConversationResponse>(`/conversations/${conversationId}`);
    expect(body).toMatchObject({ systemPrompt: 'Be brief.\n\nBe kind.', messageCount: 4 });
  });

  it('goes on as a conversation, and its branches as any', async () => {
    const { conversationId } = await complete(ana, {
      messages: [{ role: 'system', content: 'Be brief.' }, ...asking('Where is it cold?')],
      store: true,
    });
    const { message, reply } = await ana.send(conversationId!, 'And warm?');
    expect(model.calls.at(-1)!.body.messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
      'system: Be brief.',
      'user: Where is it cold?',
      'assistant: You said: Where is it cold?',
      'user: And warm?',
    ]);
    const [question, first] = await messagesOf(conversationId!);
    expect([message.parentId, reply.parentId]).toEqual([first!.id, message.id]);
    const path = `/conversations/${conversationId}/messages`;
    const again = await ana.post<{ reply: MessageResponse }>(`${path}/${first!.id}/regenerate`);
    expect(again.body.reply).toMatchObject({
      parentId: question!.id,
      siblingIds: [first!.id, expect.any(String)],
    });
    const edited = await ana.send(conversationId!, 'Where is it hot?', { parentId: null });
    expect(edited.message.siblingIds).toEqual([question!.id, edited.message.id]);
  });

  it('is found by its words, and is in the export', async () => {
    await complete(ana, { messages: asking('Where do wolverines sleep?'), store: true });
    const found = await ana.get<{ data: unknown[] }>('/conversations?q=wolverines');
    expect(found.body.data).toHaveLength(1);
    expect((await ana.get<string>('/users/me/export')).body).toContain('Where do wolverines sleep?');
  });

  it('is cut where it has no room', async () => {
    const long = '😀'.repeat(150_000);
    const { conversationId } = await complete(ana, {
      messages: [{ role: 'system', content: `x${'😀'.repeat(5_000)}` }, ...asking(long)],
      store: true,
    });
    const [question, reply] = await messagesOf(conversationId!);
    const { body } = await ana.get<ConversationResponse>(`/conversations/${conversationId}`);
    expect(question!.content).toBe('😀'.repeat(100_000));
    expect(reply!.content.length).toBe(200_000);
    expect(body.systemPrompt).toBe(`x${'😀'.repeat(3_999)}`);
  });

  it('keeps what a database can, of what a model says', async () => {
    model.answerAll(saying('a\0b', 'c\ud83d'));
    const { conversationId } = await complete(ana, { messages: asking('Hi'), store: true });
    expect((await messagesOf(conversationId!))[1]!.content).toBe('a\ufffdbc\ufffd');
  });

  it.each<[string, unknown]>([
    ['an image alone', [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }]],
    ['nothing but space', ' \n'],
  ])('is not kept where the user has sent %s', async (_what, content) => {
    const { conversationId } = await complete(ana, {
      messages: [{ role: 'user', content: content as never }],
      store: true,
    });
    expect(conversationId).toBeNull();
    expect(await conversationsOf()).toEqual([]);
  });

  it('alone is kept', async () => {
    for (const store of [false, null, undefined]) {
      const { conversationId } = await complete(ana, { messages: asking('Hi'), store });
      expect(conversationId).toBeNull();
    }
    expect(await conversationsOf()).toEqual([]);
  });

  /** Resolves when the process has seen that who has asked next is gone. */
  const nextLeaves = () =>
    new Promise<void>((resolve) => {
      const server = parley.app.getHttpServer();
      server.once('request', (_request, response) => response.once('close', resolve));
    });

  it('goes on to its end when its reader leaves', async () => {
    const gate = newGate();
    model.answerAll(async (answer) => {
      answer.text('Oslo ');
      await gate.opened;
      answer.whole('is cold');
    });
    const leaving = new AbortController();
    const left = nextLeaves();
    const { conversationId, chunks } = await stream(ana, {
      messages: asking('Hi'),
      store: true,
      signal: leaving.signal,
    });
    for await (const chunk of chunks) if (chunk.choices.length > 0) break;
    leaving.abort();
    await left;
    gate.open();
    const reply = await waitUntil(
      async () => (await messagesOf(conversationId!).catch(() => []))[1],
      'the reply',
    );
    expect(reply).toMatchObject({ content: 'Oslo is cold', status: 'completed' });
    expect(await model.calls.at(-1)!.ended).toBe('answered');
  });

  it('goes on to its end when nobody waits for its beginning', async () => {
    const gate = newGate();
    model.answerAll(async (answer) => {
      await gate.opened;
      answer.json(aCompletion({ content: 'Hello' }));
    });
    const leaving = new AbortController();
    const left = nextLeaves();
    const before = model.calls.length;
    const call = complete(ana, { messages: asking('Hi'), store: true, signal: leaving.signal });
    const failed = expect(call).rejects.toThrow('aborted');
    await waitUntil(() => model.calls.length > before, 'the call');
    leaving.abort();
    await failed;
    await left;
    gate.open();
    const conversation = await waitUntil(async () => (await conversationsOf())[0], 'the conversation');
    expect(inShort(await messagesOf(conversation.id))).toEqual(['user: Hi', 'assistant: Hello']);
  });

  it('keeps what a stream has said before it failed', async () => {
    model.answerAll(async (answer) => {
      answer.text('Oslo is ');
      await answer.cut();
    });
    const { conversationId, chunks } = await stream(ana, { messages: asking('Hi'), store: true });
    await expect(textOfAll(chunks)).rejects.toMatchObject({ code: 'model_failed' });
    expect((await messagesOf(conversationId!))[1]).toMatchObject({
      ...{ status: 'failed', content: 'Oslo is ', finishReason: 'error' },
      error: { code: 'model_failed', detail: expect.stringMatching(/./) as string },
    });
  });

  it('keeps nothing of a call that has not begun', async () => {
    model.answerAll((answer) => answer.refuse(500));
    for (const isStream of [false, true])
      await expect(
        complete(ana, { messages: asking('Hi'), store: true, stream: isStream }),
      ).rejects.toMatchObject({ status: 503 });
    expect(await conversationsOf()).toEqual([]);
  });

  it.each<[string | undefined, string]>([
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['tool_calls', 'stop'],
  ])('that ends by %s is kept as ended by %s', async (reason, kept) => {
    model.answerAll((answer) => answer.json(aCompletion({ content: 'Hello' }, reason)));
    const { conversationId } = await complete(ana, { messages: asking('Hi'), store: true });
    expect((await messagesOf(conversationId!))[1]).toMatchObject({ status: 'completed', finishReason: kept });
  });

  it('marks counts that are our own', async () => {
    model.answerAll((answer) => answer.json(aCompletion({ content: 'Hello there' }, 'stop', null)));
    const { conversationId } = await complete(ana, { messages: asking('Hi'), store: true });
    expect((await messagesOf(conversationId!))[1]!.usage).toMatchObject({
      completionTokens: 2,
      estimated: true,
    });
  });
});
