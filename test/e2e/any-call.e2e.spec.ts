import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { anyCall } from '../support/any-call';
import type { Call } from '../support/call';
import { Cast } from '../support/cast';
import { OPERATIONS } from '../support/contract';
import { describeCall } from '../support/describe-call';
import { judge } from '../support/judge';
import { makePatient } from '../support/patient-database';
import { startApp, type RunningApp } from '../support/running-app';
import { GOOD_MODEL } from '../support/schema-values';
import { ScriptedModelServer, type AnswerScript } from '../support/scripted-model-server';
import { learnFrom, prepare, Sender, type ReceivedAnswer } from '../support/sent-call';

/** `npm run test:property` sends more, and others each time. */
const REQUESTS = Number(process.env.PROPERTY_REQUESTS ?? 20_000);
const SEED = Number(process.env.PROPERTY_SEED ?? 20_261_128);
const AT_ONCE = 16;
const MOST_FAILURES = 10;

jest.setTimeout(300_000 + REQUESTS * 30); // three milliseconds each, on a machine that has nothing else to do

/** All the ways in which a model fails, one after the other. */
function failing(): AnswerScript {
  const ways: readonly AnswerScript[] = [
    (answer) => answer.refuse(500),
    (answer) => answer.write('data: {"garbage\n\n'),
    (answer) => answer.cut(),
    (answer) => answer.hang(),
  ];
  let calls = 0;
  return (answer, call) => ways[calls++ % ways.length]!(answer, call);
}

describe('Any call of the contract', () => {
  let parley: RunningApp;
  let good: ScriptedModelServer;
  let bad: ScriptedModelServer;
  let sender: Sender;
  let cast: Cast;
  /** Operations that have done what they are there for; only by luck is a reply still being written. */
  const done = new Set(['messagesCancel']);

  beforeAll(async () => {
    [good, bad] = [await ScriptedModelServer.start(), await ScriptedModelServer.start()];
    bad.answerAll(failing());
    parley = await startApp({
      ...{ LLM_BASE_URL: good.url, LLM_MODELS: 'scripted', LLM_DEFAULT_MODEL: GOOD_MODEL },
      ...{ OPENAI_BASE_URL: bad.url, OPENAI_API_KEY: 'sk-none', LLM_BREAKER_RESET: '1s' },
      ...{ LLM_FIRST_TOKEN_TIMEOUT: '10s', LLM_IDLE_TIMEOUT: '10s', LLM_TOTAL_TIMEOUT: '10s' },
    });
    await makePatient(parley.app.get(DataSource)); // none may be answered with a 5xx
    sender = new Sender(parley.url);
    cast = await Cast.gather(parley);
  });

  afterAll(async () => {
    sender.close();
    await parley.close();
    await Promise.all([good.close(), bad.close()]);
  });

  /** What was wrong with the answer; null: nothing. */
  async function failureOf(call: Call): Promise<string | null> {
    const sent = await prepare(call, cast);
    let answer: ReceivedAnswer | null = null;
    try {
      answer = await sender.send(sent);
      learnFrom(sent, answer.status, judge(sent, answer));
      if (answer.status < 300) done.add(call.operation.operationId);
      return null;
    } catch (error) {
      return describeCall(sent, answer, error as Error);
    }
  }

  it('is answered as the contract says, and what is not as it says is refused', async () => {
    const calls = fc.sample(anyCall(), { numRuns: REQUESTS, seed: SEED });
    const failures = new Map<string, string>(); // one of a kind
    let next = 0;
    const work = async () => {
      while (next < calls.length && failures.size < MOST_FAILURES) {
        const number = next++;
        const call = calls[number]!;
        const failure = await failureOf(call);
        if (failure === null) continue;
        const kind = `${call.operation.operationId} ${failure.split('\n').at(-1)}`;
        failures.set(kind, `PROPERTY_SEED=${SEED}, call ${number}: ${failure}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect([...failures.values()]).toEqual([]);
    expect(OPERATIONS.map(({ operationId }) => operationId).filter((id) => !done.has(id))).toEqual([]);
  });
});
