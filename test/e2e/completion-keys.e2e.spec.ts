import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import { newId } from '../../src/common/ids';
import { IdempotencyService } from '../../src/idempotency/idempotency.service';
import { aMember } from '../support/callers';
import { Client } from '../support/client';
import {
  aCompletion,
  asking,
  complete,
  saying,
  stream,
  textOf,
  textOfAll,
  type Completed,
} from '../support/completions';
import { newGate } from '../support/gate';
import { startApp, type RunningApp } from '../support/running-app';
import { USAGE } from '../support/scripted-answer';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

describe('The key of a completion that is kept', () => {
  let parley: RunningApp;
  let replica: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let anaThere: Client;
  let key: string;

  beforeAll(async () => {
    ({ parley, model } = await startScriptedApp());
    const environment = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted' };
    replica = await startApp({ ...environment, DATABASE_URL: parley.database.url });
  });

  beforeEach(async () => {
    ana = await aMember(parley);
    anaThere = new Client(replica.url, ana.tokens);
    key = newId();
    model.answerAll((answer, call) => saying('You said: ', call.question)(answer, call));
  });

  afterAll(async () => {
    await replica.close();
    await parley.close();
  });

  const kept = (more: object = {}) => ({ messages: asking('Hi'), store: true, key, ...more });
  const calls = async (act: () => Promise<unknown>) => {
    const before = model.calls.length;
    await act();
    return model.calls.length - before;
  };
  const conversations = async () =>
    (await ana.get<{ data: ConversationResponse[] }>('/conversations')).body.data;
  const isReplay = ({ headers }: Pick<Completed, 'headers'>) =>
    headers.get('idempotency-replayed') === 'true';
  const keyIsHeld = () =>
    waitUntil(async () => {
      const rows = await parley.database.query<{ waiting: boolean }>(
        `select exists (select from idempotency_keys where status = 102) as waiting`,
      );
      return rows[0]!.waiting;
    }, 'a key that is held');

  it('gives the same answer again, whole, with the same conversation, and asks no model', async () => {
    const first = await complete(ana, kept());
    const count = await calls(async () => {
      const again = await complete(anaThere, kept());
      expect([isReplay(first), isReplay(again)]).toEqual([false, true]);
      expect(again.conversationId).toBe(first.conversationId);
      expect(textOf(again.completion)).toBe(textOf(first.completion));
      expect(again.completion).toMatchObject({
        ...{
          object: 'chat.completion',
          model: 'custom/scripted',
          usage: USAGE,
          id: expect.stringMatching(/^chatcmpl-/) as string,
        },
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', refusal: null } }],
      });
      expect(Number.isInteger(again.completion.created)).toBe(true);
    });
    expect(count).toBe(0);
    expect(await conversations()).toHaveLength(1);
  });

  it.each([true, false])(
    'gives it again as a stream, with usage where that is asked for: %s',
    async (include_usage) => {
      const asked = kept({ stream_options: { include_usage } });
      const first = await stream(ana, asked);
      const text = await textOfAll(first.chunks);
      const again = await stream(anaThere, asked);
      const chunks = [];
      for await (const chunk of again.chunks) chunks.push(chunk);
      expect(isReplay(again)).toBe(true);
      expect(again.conversationId).toBe(first.conversationId);
      const head = { id: chunks[0]!.id, object: 'chat.completion.chunk', model: 'custom/scripted' };
      expect(chunks).toMatchObject([
        { ...head, choices: [{ delta: { role: 'assistant', content: text }, finish_reason: null }] },
        { ...head, choices: [{ delta: {}, finish_reason: 'stop' }] },
        ...(include_usage ? [{ ...head, choices: [], usage: USAGE }] : []),
      ]);
    },
  );

  it('gives again what the model has said, without what stood before it in the message', async () => {
    const messages = [
      ...asking('How cold is it?'),
      { role: 'assistant', content: 'I look it up.' },
      ...[{ role: 'tool', tool_call_id: 'call_1', content: 'minus 3' }],
    ];
    const [first, again] = [await complete(ana, kept({ messages })), await complete(ana, kept({ messages }))];
    expect([textOf(first.completion), textOf(again.completion)]).toEqual([
      'You said: minus 3',
      'You said: minus 3',
    ]);
  });

  it('has ten at once, on two replicas, share one call and one conversation', async () => {
    const gate = newGate();
    model.answerAll(async (answer) => {
      await gate.opened;
      answer.json(aCompletion({ content: 'Once' }));
    });
    const all = Promise.all(Array.from({ length: 10 }, (_, n) => complete(n % 2 ? ana : anaThere, kept())));
    const before = model.calls.length;
    await keyIsHeld();
    await waitUntil(() => model.calls.length > before, 'the call');
    gate.open();
    const answers = await all;
    expect(model.calls.length - before).toBe(1);
    expect(new Set(answers.map(({ completion }) => textOf(completion)))).toEqual(new Set(['Once']));
    expect(new Set(answers.map(({ conversationId }) => conversationId)).size).toBe(1);
    expect(answers.filter((answer) => !isReplay(answer))).toHaveLength(1);
    expect(await conversations()).toHaveLength(1);
  });

  it('is waited for by a stream while another stream is read', async () => {
    const gate = newGate();
    model.answerAll(async (answer) => {
      answer.text('On');
      await gate.opened;
      answer.whole('ce');
    });
    const first = await stream(ana, kept());
    const second = stream(anaThere, kept());
    gate.open();
    expect(await textOfAll(first.chunks)).toBe('Once');
    expect(await textOfAll((await second).chunks)).toBe('Once');
    expect((await second).conversationId).toBe(first.conversationId);
  });

  it('is free again where the one that is waited for comes to nothing', async () => {
    const gate = newGate();
    model.answerAll(async (answer) => {
      await gate.opened;
      answer.refuse(401);
    });
    const before = model.calls.length;
    const failed = expect(complete(ana, kept())).rejects.toMatchObject({ status: 503 });
    await waitUntil(() => model.calls.length > before, 'the call');
    const waiting = complete(anaThere, kept());
    model.answer('Hi', (answer) => answer.json(aCompletion({ content: 'At last' })));
    gate.open();
    await failed;
    const answer = await waiting;
    expect([textOf(answer.completion), isReplay(answer)]).toEqual(['At last', false]);
    model.answer('Hi', (reply, call) => saying('You said: ', call.question)(reply, call));
  });

  it('ends no other call when somebody who waits leaves', async () => {
    const gate = newGate();
    model.answerAll(async (answer) => {
      await gate.opened;
      answer.json(aCompletion({ content: 'Once' }));
    });
    const asked = { messages: asking('Slowly'), store: true, key };
    const first = complete(ana, asked);
    await keyIsHeld();
    const leaving = new AbortController();
    const second = complete(anaThere, { ...asked, signal: leaving.signal });
    leaving.abort();
    await expect(second).rejects.toThrow('aborted');
    gate.open();
    expect(textOf((await first).completion)).toBe('Once');
  });

  it('covers another body, another path and another account no more than theirs do', async () => {
    await complete(ana, kept());
    const reused = { status: 422, code: 'idempotency_key_reused' };
    await expect(complete(ana, kept({ messages: asking('Ho') }))).rejects.toMatchObject(reused);
    await expect(complete(ana, kept({ temperature: 1 }))).rejects.toMatchObject(reused);
    const headers = { 'Idempotency-Key': key };
    expect((await ana.post('/conversations', {}, { headers })).status).toBe(422);
    expect(isReplay(await complete(await aMember(parley), kept()))).toBe(false);
  });

  it('gives a failure again that came after the first chunk', async () => {
    const asked = { messages: asking('Break off'), store: true, key };
    model.answer('Break off', async (answer) => {
      answer.text('Oslo is ');
      await answer.cut();
    });
    const first = await stream(ana, asked);
    await expect(textOfAll(first.chunks)).rejects.toMatchObject({ code: 'model_failed' });
    const count = await calls(async () => {
      await expect(stream(anaThere, asked)).rejects.toMatchObject({ status: 502, code: 'model_failed' });
    });
    expect(count).toBe(0);
  });

  it('is not used up by a refusal', async () => {
    await expect(complete(ana, kept({ model: 'no/such' }))).rejects.toMatchObject({ status: 400 });
    await expect(complete(ana, kept({ n: 2 }))).rejects.toMatchObject({ status: 400 });
    expect(isReplay(await complete(ana, kept()))).toBe(false);
  });

  it('gives no answer again that had tool calls, since these are not kept', async () => {
    const tool_calls = [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } }];
    model.answer('Look it up', (answer) => answer.json(aCompletion({ tool_calls }, 'tool_calls')));
    const asked = { messages: asking('Look it up'), store: true, key };
    await complete(ana, asked);
    const count = await calls(() =>
      expect(complete(ana, asked)).rejects.toMatchObject({ status: 409, code: 'conflict' }),
    );
    expect(count).toBe(0);
  });

  it('gives nothing again that was deleted', async () => {
    const { conversationId } = await complete(ana, kept());
    await ana.delete(`/conversations/${conversationId}`);
    await expect(complete(ana, kept())).rejects.toMatchObject({ status: 404, code: 'not_found' });
  });

  it('is passed over where nothing is kept, and still has to be one', async () => {
    const asked = kept({ store: false });
    const count = await calls(async () => {
      for (let n = 0; n < 2; n++) expect(isReplay(await complete(ana, asked))).toBe(false);
    });
    expect(count).toBe(2);
    const headers = { 'Idempotency-Key': 'a key' };
    const body = { model: 'custom/scripted', messages: asking('Hi') };
    expect((await ana.post('//v1/chat/completions', body, { headers })).status).toBe(400);
  });

  it('lets one hold it where there is nothing to keep, and is free afterwards', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
    const asked = kept({ messages: [{ role: 'user', content: [image] }] });
    model.answerAll((answer) => answer.json(aCompletion({ content: 'A cat' })));
    const count = await calls(async () => {
      for (let n = 0; n < 2; n++) expect((await complete(ana, asked)).conversationId).toBeNull();
    });
    expect(count).toBe(2);
  });

  it('is let go by a process that has died with it', async () => {
    await parley.database.query(
      `insert into idempotency_keys (user_id, key, request_hash, made_id, status, expires_at)
       values ($1, $2, '', $3, 102, now() - interval '1 second')`,
      [ana.tokens!.user.id, key, newId()],
    );
    expect(isReplay(await complete(ana, kept()))).toBe(false);
  });

  it('is free again where the answer that gives it is lost on its way from the database', async () => {
    const keys = parley.app.get(IdempotencyService);
    const lease = keys.lease.bind(keys);
    jest.spyOn(keys, 'lease').mockImplementationOnce(async (...of) => {
      await lease(...of);
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    });
    await expect(complete(ana, kept())).rejects.toMatchObject({ status: 503 });
    expect(isReplay(await complete(ana, kept()))).toBe(false);
  });

  it('keeps nothing where another request has come by it meanwhile', async () => {
    const gate = newGate();
    model.answer('Take long', async (answer) => {
      await gate.opened;
      answer.json(aCompletion({ content: 'Too late' }));
    });
    const before = model.calls.length;
    const late = complete(ana, { messages: asking('Take long'), store: true, key });
    await waitUntil(() => model.calls.length > before, 'the call');
    await parley.database.query('update idempotency_keys set made_id = $2 where key = $1', [key, newId()]);
    gate.open();
    expect(textOf((await late).completion)).toBe('Too late');
    expect(await conversations()).toEqual([]);
  });
});
