import { newId } from '../../src/common/ids';
import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import type { ExchangeResponse, MessageResponse } from '../../src/conversations/message.dto';
import { Client, type ProblemBody } from '../support/client';
import { newGate } from '../support/gate';
import { startApp, type RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

describe('Waiting for a reply', () => {
  let parley: RunningApp;
  /** Waits for a second at most. */
  let hasty: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let path: string;
  let letGo: () => void;

  beforeAll(async () => {
    ({ parley, model, ana } = await startScriptedApp());
    // Of one database: passport is one for the process, and signs in where the last app does.
    const shared = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', DATABASE_URL: parley.database.url };
    hasty = await startApp({ ...shared, SEND_WAIT_SECONDS: '1' });
  });

  beforeEach(async () => {
    path = `/conversations/${(await ana.conversation()).id}/messages`;
    const gate = newGate();
    letGo = gate.open;
    model.answerAll(async (answer) => {
      answer.text('Well, ');
      await gate.opened;
      answer.whole('yes.');
    });
  });

  afterEach(() => letGo());

  afterAll(async () => {
    await hasty.close();
    await parley.close();
  });

  const send = <Body = ExchangeResponse>(prefer?: string, to = parley) =>
    new Client(to.url, ana.tokens).post<Body>(
      path,
      { content: 'Is it cold?' },
      { headers: prefer ? { Prefer: prefer } : {} },
    );
  const read = async ({ id }: Pick<MessageResponse, 'id'>) =>
    (await ana.get<MessageResponse>(`${path}/${id}`)).body;
  const ended = (reply: MessageResponse) =>
    waitUntil(async () => {
      const now = await read(reply);
      return now.completedAt ? now : null;
    }, 'the end of the reply');
  const cancel = <Body = ProblemBody>(id: string) => ana.post<Body>(`${path}/${id}/cancel`);

  it('is not needed: the reply goes on after the answer that names it', async () => {
    const { status, headers, body } = await send('respond-async');
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/api/v1${path}/${body.reply.id}`);
    expect(body.reply).toMatchObject({ status: 'pending', content: '', completedAt: null, usage: null });
    letGo();
    expect(await ended(body.reply)).toMatchObject({ status: 'completed', content: 'Well, yes.' });
  });

  it.each([
    ['the caller has had enough', 'wait=1'],
    ['the server has had enough', undefined],
    ['the caller would have waited longer than the server does', 'wait=600'],
  ])('ends with the reply as it is when %s', async (_who, prefer) => {
    const { status, headers, body } = await send(prefer, hasty);
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/api/v1${path}/${body.reply.id}`);
    expect(body.reply.completedAt).toBeNull();
    letGo();
    expect(await ended(body.reply)).toMatchObject({ status: 'completed', content: 'Well, yes.' });
  });

  it.each(['wait=30', 'wait=tomorrow', 'return=minimal', 'handling=lenient, wait=30'])(
    'ends with the reply when the caller prefers "%s"',
    async (prefer) => {
      letGo();
      const { status, body } = await send(prefer);
      expect(status).toBe(201);
      expect(body.reply).toMatchObject({ status: 'completed', content: 'Well, yes.' });
    },
  );

  it('shows the text so far of a reply that goes on', async () => {
    const { body } = await send('respond-async');
    const now = await waitUntil(async () => {
      const reply = await read(body.reply);
      return reply.content ? reply : null;
    }, 'the first text');
    expect(now).toMatchObject({ status: 'streaming', content: 'Well, ', completedAt: null });
  });

  it('keeps other questions out of the conversation', async () => {
    const { body } = await send('respond-async');
    const refused = await send<ProblemBody>();
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'reply_in_progress', replyId: body.reply.id },
    });
    letGo();
    await ended(body.reply);
    expect((await send()).status).toBe(201);
  });

  it('goes to one of many questions that come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => send<ProblemBody>('respond-async')));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([202, ...Array.from({ length: 7 }, () => 409)]);
  });

  it('leaves other conversations free', async () => {
    await send('respond-async');
    path = `/conversations/${(await ana.conversation()).id}/messages`;
    expect((await send('respond-async')).status).toBe(202);
  });

  describe('for one that is cancelled', () => {
    it('ends with the text so far', async () => {
      const { body } = await send('respond-async');
      await waitUntil(() => model.calls.at(-1)?.question, 'the call of the model');
      const { status, body: reply } = await cancel<MessageResponse>(body.reply.id);
      expect(status).toBe(200);
      expect(reply).toMatchObject({ status: 'cancelled', finishReason: 'cancelled', error: null });
      expect('Well, '.startsWith(reply.content)).toBe(true);
      expect(reply.completedAt).not.toBeNull();
      expect(await read(reply)).toEqual(reply);
    });

    it('is over for who waits, too', async () => {
      const waiting = send('wait=30');
      const conversation = () => ana.get<ConversationResponse>(path.replace('/messages', ''));
      const replyId = await waitUntil(async () => (await conversation()).body.activeLeafId, 'the reply');
      await cancel(replyId);
      const { status, body } = await waiting;
      expect(status).toBe(201);
      expect(body.reply).toMatchObject({ id: replyId, status: 'cancelled' });
    });

    it('ends the call of the model', async () => {
      const { body } = await send('respond-async');
      await (
        await ana.stream('GET', `${path}/${body.reply.id}/stream`)
      ).until((_, text) => text === 'Well, ');
      await cancel(body.reply.id);
      await expect(model.calls.at(-1)!.ended).resolves.toBe('left');
    });

    it('frees the conversation', async () => {
      const { body } = await send('respond-async');
      await cancel(body.reply.id);
      letGo();
      expect((await send()).status).toBe(201);
    });

    it('is refused once it has ended', async () => {
      letGo();
      const { body } = await send();
      const refused = await cancel(body.reply.id);
      expect(refused).toMatchObject({ status: 409, body: { code: 'not_cancellable' } });
      expect(await read(body.reply)).toEqual(body.reply);
    });

    it('is refused the second time', async () => {
      const { body } = await send('respond-async');
      await cancel(body.reply.id);
      expect(await cancel(body.reply.id)).toMatchObject({ status: 409, body: { code: 'not_cancellable' } });
    });

    it('is refused for a question', async () => {
      const { body } = await send('respond-async');
      const refused = await cancel(body.message.id);
      expect(refused).toMatchObject({ status: 409, body: { code: 'not_cancellable' } });
    });

    it('is not found when there is none', async () => {
      expect(await cancel(newId())).toMatchObject({ status: 404, body: { code: 'not_found' } });
    });
  });
});
