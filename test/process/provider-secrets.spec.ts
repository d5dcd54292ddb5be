import { Client } from '../support/client';
import type { ParleyProcess } from '../support/parley-process';
import { Replicas } from '../support/replicas';
import { ScriptedModelServer } from '../support/scripted-model-server';

/** Every key has it, and so has all that a provider says. */
const CANARY = 'canary';
const MODELS = ['openai/gpt-5-mini', 'anthropic/claude-sonnet-5-5', 'custom/any'];

describe('The log of a process with several providers, at its loudest', () => {
  let replicas: Replicas;
  let model: ScriptedModelServer;
  let parley: ParleyProcess;
  /** Of the answers, model by model. */
  let statuses: number[][];

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    model
      .answer('Answer', (answer) => answer.whole(`${CANARY} answer`))
      .answer('Refuse', (answer) => answer.refuse(401, `No such key: ${CANARY}`))
      .answer('Limit', (answer) => answer.refuse(429, CANARY, { 'retry-after': '1', 'x-request-id': CANARY }))
      .answer('Fail', (answer) => answer.refuse(500, CANARY))
      .answer('Break', (answer) => answer.chunk({ error: { message: CANARY, code: CANARY } }))
      .answer('Garble', (answer) => answer.write(`data: {"${CANARY}\n\n`))
      .answer('Page', (answer) => answer.write(`<title>${CANARY}</title>`));
    replicas = await Replicas.start(1, {
      env: {
        ...{ OPENAI_API_KEY: `sk-${CANARY}-1`, OPENAI_BASE_URL: model.url },
        ...{ ANTHROPIC_API_KEY: `sk-${CANARY}-2`, ANTHROPIC_BASE_URL: model.url },
        ...{ LLM_API_KEY: `sk-${CANARY}-3`, LLM_BASE_URL: model.url, LLM_MODELS: 'any' },
        LLM_ALLOWED_MODELS: MODELS.join(),
        LOG_LEVEL: 'trace',
        LOG_JSON: 'true',
      },
    });
    parley = replicas.all[0]!;
    const ana = await Client.guest(parley.url);
    const ask = async (content: string, name: string) => {
      const { id } = await ana.conversation();
      return (await ana.post(`/conversations/${id}/messages`, { content, model: name })).status;
    };
    const askEverything = async (name: string) => {
      const answered: number[] = [];
      for (const question of ['Refuse', 'Limit', 'Fail', 'Break', 'Garble', 'Page'])
        answered.push(await ask(question, name), await ask('Answer', name)); // or it might be left alone, as one that is down
      return answered;
    };
    statuses = await Promise.all(MODELS.map(askEverything));
    parley.signal('SIGTERM');
    await parley.ended;
  });

  afterAll(async () => {
    await replicas.close();
    await model.close();
  });

  it('is looked through after each of them was asked with its own key, and failed in every way', () => {
    expect(new Set(model.calls.map(({ headers }) => headers.authorization))).toEqual(
      new Set([1, 2, 3].map((n) => `Bearer sk-${CANARY}-${n}`)),
    );
    const each = [503, 503, 503, 502, 502, 502].flatMap((status) => [status, 201]);
    expect(statuses).toEqual(MODELS.map(() => each));
  });

  it('tells of every failure', () => {
    const failures = parley.output.split('\n').filter((line) => line.includes('model_'));
    expect(failures.length).toBeGreaterThanOrEqual(MODELS.length * 6);
  });

  it('has no key and no word of a provider in it', () => {
    expect(parley.output.split('\n').filter((line) => line.toLowerCase().includes(CANARY))).toEqual([]);
  });
});
