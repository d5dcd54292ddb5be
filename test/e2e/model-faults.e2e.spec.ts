import type { MessageResponse } from '../../src/conversations/message.dto';
import { Client } from '../support/client';
import { newGate } from '../support/gate';
import { Listener } from '../support/listener';
import { startApp, type RunningApp } from '../support/running-app';
import type { ScriptedAnswer } from '../support/scripted-answer';
import { ScriptedModelServer } from '../support/scripted-model-server';

const STATUS = { model_failed: 502, model_unavailable: 503, model_timeout: 504 } as const;
const BEGINNING = 'Oslo is ';
/** What a provider says of us is between it and us. */
const CANARY = 'Incorrect key sk-canary';

interface Fault {
  readonly code: keyof typeof STATUS;
  /** What the model does once its text has been read. */
  readonly then: (answer: ScriptedAnswer) => void | Promise<void>;
  /** The provider will want to be paid. Absent: where there is text. */
  readonly costs?: boolean;
}

const BEFORE_ANY_TEXT: Record<string, Fault> = {
  'that says nothing at all': { code: 'model_timeout', then: (answer) => answer.hang() },
  'that opens its answer and says nothing': {
    code: 'model_timeout',
    then: (answer) => {
      answer.headers();
      return answer.hang();
    },
  },
  'that drops the connection': { code: 'model_unavailable', then: (answer) => answer.cut() },
  'that answers nothing': { code: 'model_failed', then: (answer) => answer.headers() },
  'that finishes without an answer': {
    code: 'model_failed',
    costs: true,
    then: (answer) => answer.finish(),
  },
  'that sends a page': { code: 'model_failed', then: (answer) => answer.write(`<html>${CANARY}</html>`) },
  'that refuses the request': { code: 'model_failed', then: (answer) => answer.refuse(400, CANARY) },
  'that refuses our key': { code: 'model_unavailable', then: (answer) => answer.refuse(401, CANARY) },
  'that has had too many requests': {
    code: 'model_unavailable',
    then: (answer) => answer.refuse(429, CANARY),
  },
  'that is broken': { code: 'model_unavailable', then: (answer) => answer.refuse(500, CANARY) },
};

const IN_THE_MIDDLE: Record<string, Fault> = {
  'that falls silent': { code: 'model_timeout', then: (answer) => answer.hang() },
  'that drops the connection': { code: 'model_failed', then: (answer) => answer.cut() },
  'that sends garbage': { code: 'model_failed', then: (answer) => answer.write(`data: {"${CANARY}\n\n`) },
  'that sends an error': {
    code: 'model_failed',
    then: (answer) => answer.chunk({ error: { message: CANARY, code: 500 } }),
  },
  'that ends without saying so': { code: 'model_failed', then: (answer) => answer.end() },
  'that says it is done without a reason': { code: 'model_failed', then: (answer) => answer.done() },
  'that gives an error for the reason': { code: 'model_failed', then: (answer) => answer.finish('error') },
};

/** Who waits for silence to end has short limits; who waits for anything else must not run into them on a busy machine. */
const LIMITS: Record<string, Record<string, string>> = {
  'beginning soon': { LLM_FIRST_TOKEN_TIMEOUT: '200ms' },
  'going on soon': { LLM_IDLE_TIMEOUT: '200ms' },
  'all its time': {},
};
const limitsFor = (text: string, { code }: Fault) =>
  code !== 'model_timeout' ? 'all its time' : text ? 'going on soon' : 'beginning soon';

describe('A model', () => {
  let model: ScriptedModelServer;
  const apps: RunningApp[] = [];
  const guests = new Map<string, Client>();
  let ana: Client;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    const environment = {
      LLM_BASE_URL: model.url,
      LLM_MODELS: 'scripted',
      LLM_BREAKER_RESET: '1ms', // all of these are failures
    };
    for (const [wanted, limits] of Object.entries(LIMITS)) {
      // Of one database: passport is one for the process, and signs in where the last app does.
      const shared = apps[0] && { DATABASE_URL: apps[0].database.url };
      const app = await startApp({ ...environment, ...shared, ...limits });
      apps.push(app);
      guests.set(wanted, await Client.guest(app.url));
    }
  });
  beforeEach(() => {
    ana = guests.get('all its time')!;
  });
  afterAll(async () => {
    for (const app of apps.reverse()) await app.close();
    await model.close();
  });

  /** Streams a reply that fails: how it reads afterwards is what its readers were told. */
  async function expectFailedStream(
    text: string,
    { code, costs = text !== '' }: Fault,
    seen: () => void,
  ): Promise<void> {
    const { id } = await ana.conversation();
    const asker = new Listener(await ana.ask(id, 'Where is it cold?'));
    await asker.hears(text);
    seen();
    const last = (await asker.done).at(-1)!;
    const message = last.data.message as MessageResponse;
    expect([last.type, last.id, asker.text]).toEqual(['message.failed', text.length, text]);
    expect(message).toMatchObject({ status: 'failed', finishReason: 'error', content: text });
    expect(message.usage?.estimated).toBe(costs ? true : undefined);
    expect(message.error!.code).toBe(code);
    expect(JSON.stringify(asker.events)).not.toContain('canary');
    await expect(ana.message(id, message.id)).resolves.toEqual(message);
  }

  /** Waits for a reply that fails: the problem names what is kept, and does not ask for the question again. */
  async function expectProblem(text: string, code: Fault['code']): Promise<void> {
    const { id } = await ana.conversation();
    const path = `/conversations/${id}/messages`;
    const { status, headers, body } = await ana.post(path, { content: 'Where is it cold?' });
    expect([status, body.code, body.conversationId]).toEqual([STATUS[code], code, id]);
    expect(headers.has('retry-after')).toBe(false);
    expect(JSON.stringify(body)).not.toContain('canary');
    const question = await ana.message(id, body.messageId!);
    expect(question).toMatchObject({ content: 'Where is it cold?', status: 'completed', role: 'user' });
    const reply = await ana.message(id, body.replyId!);
    expect(reply).toMatchObject({ status: 'failed', parentId: question.id });
    expect(text.startsWith(reply.content)).toBe(true);
    expect(reply.error).toEqual({ code, detail: body.detail });
  }

  /** Asks in both ways. */
  async function expectFailure(text: string, fault: Fault): Promise<void> {
    ana = guests.get(limitsFor(text, fault))!;
    const read = newGate();
    model.answerAll(async (answer) => {
      if (text) answer.text(text);
      await read.opened; // a cut takes away what was not read yet
      await fault.then(answer);
    });
    await expectFailedStream(text, fault, read.open);
    await expectProblem(text, fault.code);
  }

  it.each(Object.entries(BEFORE_ANY_TEXT))('%s fails the reply', async (_, fault) => {
    await expectFailure('', fault);
  });

  it.each(Object.entries(IN_THE_MIDDLE))(
    '%s in the middle fails the reply, with its text so far',
    async (_, fault) => {
      await expectFailure(BEGINNING, fault);
    },
  );

  it('that failed is given the next question, and nothing of the reply that failed', async () => {
    model.answerAll((answer) => answer.text(BEGINNING));
    const { id } = await ana.conversation();
    await ana.post(`/conversations/${id}/messages`, { content: 'Where is it cold?' });
    model.answerAll((answer) => answer.whole('In Oslo.'));
    await expect(ana.send(id, 'Well?')).resolves.toMatchObject({ reply: { content: 'In Oslo.' } });
    const given = model.calls.at(-1)!.body.messages.map(({ content }) => content);
    expect(given).toEqual(['Where is it cold?', 'Well?']);
  });

  it('whose counts of tokens no column could hold has its answer stored all the same', async () => {
    model.answerAll((answer) => {
      answer.text('In Oslo.');
      answer.finish();
      answer.usage({ prompt_tokens: 2 ** 40, completion_tokens: 3, total_tokens: 2 ** 40 + 3 });
      answer.done();
    });
    const { id } = await ana.conversation();
    const { reply } = await ana.send(id, 'Where is it cold?');
    expect(reply).toMatchObject({ status: 'completed', content: 'In Oslo.', usage: { estimated: true } });
  });
});

describe('A model that is not there', () => {
  it('fails the reply as unavailable, and the question is kept', async () => {
    const gone = await ScriptedModelServer.start();
    await gone.close();
    const parley = await startApp({ LLM_BASE_URL: gone.url, LLM_MODELS: 'scripted' });
    try {
      const ana = await Client.guest(parley.url);
      const { id } = await ana.conversation();
      const { status, headers, body } = await ana.post(`/conversations/${id}/messages`, {
        content: 'Hello?',
      });
      expect([status, body.code, headers.has('retry-after')]).toEqual([503, 'model_unavailable', false]);
      await expect(ana.message(id, body.messageId!)).resolves.toMatchObject({ content: 'Hello?' });
      const { error, status: ended } = await ana.message(id, body.replyId!);
      expect([ended, error!.code]).toEqual(['failed', 'model_unavailable']);
    } finally {
      await parley.close();
    }
  });
});
