import { errorForLog } from '../../src/common/errors/error-for-log';
import type { DomainError } from '../../src/common/errors/domain-error';
import type { PassedChunk } from '../../src/llm/chat-model';
import { OpenAiOnTrial } from '../support/openai-on-trial';
import type { AnswerScript } from '../support/scripted-model-server';

const CANARY = 'sk-canary said the provider';
const running = () => new AbortController().signal;

describe('A call that is passed through', () => {
  let trial: OpenAiOnTrial;
  beforeEach(async () => {
    trial = await OpenAiOnTrial.start();
  });
  afterEach(() => trial.server.close());

  /** What comes before it fails, and how it does. */
  async function pass(stream: boolean, script: AnswerScript) {
    trial.server.answerAll(script);
    const body = { stream, messages: [{ role: 'user', content: 'hello' }] };
    const chunks: PassedChunk[] = [];
    try {
      for await (const chunk of trial.open().passThrough({ model: 'custom/any', body }, running()))
        chunks.push(chunk);
      return { chunks, error: null };
    } catch (error) {
      expect(`${(error as Error).message} ${JSON.stringify(errorForLog(error))}`).not.toContain('canary');
      return { chunks, error: error as DomainError };
    }
  }

  describe.each([true, false])('(streamed: %s)', (stream) => {
    it.each<[string, object, AnswerScript]>([
      [
        'a 429 with a wait',
        { code: 'model_unavailable', retryable: true, retryAfterMs: 2_000 },
        (answer) => answer.refuse(429, CANARY, { 'retry-after': '2' }),
      ],
      [
        'a 500',
        { code: 'model_unavailable', retryable: true, retryAfterMs: null },
        (answer) => answer.refuse(500, CANARY),
      ],
      ['a 401', { code: 'model_unavailable', retryable: false }, (answer) => answer.refuse(401, CANARY)],
      ['a 400', { code: 'model_failed', retryable: false }, (answer) => answer.refuse(400, CANARY)],
      [
        'a reset before the first byte',
        { code: 'model_unavailable', retryable: true },
        (answer) => answer.cut(),
      ],
      [
        'a reset after the headers',
        { retryable: true },
        async (answer) => {
          answer.headers();
          await answer.cut();
        },
      ],
      [
        'a page',
        { code: 'model_failed', retryable: true },
        (answer) => answer.write(`<html>${CANARY}</html>`),
      ],
    ])('fails with %s', async (_, expected, script) => {
      const { chunks, error } = await pass(stream, script);
      expect(chunks).toEqual([]);
      expect(error).toMatchObject(expected);
    });
  });

  it.each<[string, AnswerScript]>([
    ['is cut', (answer) => answer.cut()],
    ['ends without a finish reason', (answer) => answer.end()],
    ['says it is done without one', (answer) => answer.done()],
    ['has garbage in it', (answer) => answer.write(`data: {"${CANARY}\n\n`)],
    ['has an error in it', (answer) => answer.chunk({ error: { message: CANARY } })],
  ])('hands on what came before a stream that %s', async (_, then) => {
    const { chunks, error } = await pass(true, async (answer, call) => {
      answer.text('Oslo is ');
      await new Promise(setImmediate);
      return then(answer, call);
    });
    expect(chunks.length).toBeLessThanOrEqual(1); // a cut can take away what was not read yet
    expect(error).toMatchObject({ name: 'DomainError', code: 'model_failed' });
  });

  it('hands on an answer without text: of what is in it, its caller knows', async () => {
    const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } };
    const { chunks, error } = await pass(true, (answer) => {
      answer.chunk({ choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: null }] });
      answer.finish('tool_calls');
    });
    expect(error).toBeNull();
    expect(chunks[0]!.data).toMatchObject({ choices: [{ delta: { tool_calls: [call] } }] });
  });

  it.each([true, false])('hands on a text of a megabyte (streamed: %s)', async (stream) => {
    const huge = 'B'.repeat(1 << 20);
    const { chunks, error } = await pass(stream, (answer) =>
      stream ? answer.whole(huge) : answer.completion(huge),
    );
    expect(error).toBeNull();
    expect(JSON.stringify(chunks)).toContain(huge);
  });

  it('takes a completion that has none for one that failed', async () => {
    const { error } = await pass(false, (answer) =>
      answer.json({ object: 'chat.completion', choices: null }),
    );
    expect(error).toMatchObject({ code: 'model_failed' });
  });

  it('ends with the finish reason where the usage does not come', async () => {
    trial.server.answerAll(async (answer) => {
      answer.text('Oslo');
      answer.finish();
      await answer.hang();
    });
    const model = trial.open({ usageTimeoutMs: 50 });
    const chunks: PassedChunk[] = [];
    for await (const chunk of model.passThrough(
      { model: 'custom/any', body: { stream: true, messages: [] } },
      running(),
    ))
      chunks.push(chunk);
    expect(chunks).toHaveLength(2);
  });
});
