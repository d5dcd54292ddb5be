import { errorForLog } from '../../src/common/errors/error-for-log';
import type { ChatEvent } from '../../src/llm/chat-model';
import { collect, collectText, collectUntilError } from '../support/chat-events';
import { newGate } from '../support/gate';
import { OpenAiOnTrial } from '../support/openai-on-trial';
import type { AnswerScript } from '../support/scripted-model-server';

/** What a provider says of us is between it and us. */
const CANARY = 'Incorrect key sk-canary, asked about Oslo';

describe('OpenAiChatModel before a provider with faults', () => {
  let trial: OpenAiOnTrial;
  const printed = (['debug', 'info', 'log', 'warn', 'error'] as const).map((level) =>
    jest.spyOn(console, level),
  );

  beforeEach(async () => {
    trial = await OpenAiOnTrial.start();
  });
  afterEach(async () => {
    await trial.server.close();
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  });

  describe('after the finish reason', () => {
    const finished =
      (then: AnswerScript): AnswerScript =>
      (answer, call) => {
        answer.text('Hi');
        answer.finish();
        return then(answer, call);
      };

    it.each<[string, AnswerScript]>([
      ['the missing [DONE]', (answer) => answer.end()],
      ['a cut connection', (answer) => answer.cut()],
      ['garbage', (answer) => answer.write('data: {"choi\n\n')],
      ['an error', (answer) => answer.chunk({ error: { message: CANARY } })],
      ['more text', (answer) => answer.text(' and more')],
    ])('minds %s no more', async (_, then) => {
      const events = await collect(trial.answerWith(finished(then)));
      expect(collectText(events)).toBe('Hi');
      expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop', usage: null });
    });

    it('waits for the usage only so long, and then ends the call', async () => {
      trial.server.answerAll(finished((answer) => answer.hang()));
      const events = await collect(trial.ask(trial.open({ usageTimeoutMs: 5 })));
      expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop', usage: null });
      await expect(trial.server.calls[0]?.ended).resolves.toBe('left');
    });

    it('keeps the usage that came before the connection was cut', async () => {
      const usageSeen = newGate();
      const script = finished(async (answer) => {
        answer.usage();
        await usageSeen.opened;
        await answer.cut();
      });
      const events: ChatEvent[] = [];
      for await (const event of trial.answerWith(script)) {
        events.push(event);
        if (events.length === 3) usageSeen.open(); // text, the finish reason and the usage as progress
      }
      const usage = { promptTokens: 9, completionTokens: 3, totalTokens: 12 };
      expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop', usage });
    });

    it("throws the signal's reason when that aborts during the wait", async () => {
      trial.server.answerAll(finished((answer) => answer.hang()));
      const [call, gone] = [new AbortController(), new Error('the caller has gone')];
      const events = trial.ask(trial.open(), call.signal);
      await events.next(); // the text
      await events.next(); // the finish reason, as progress
      const next = events.next();
      call.abort(gone);
      await expect(next).rejects.toBe(gone);
    });
  });

  describe('takes for', () => {
    const failing = (script: AnswerScript) => collectUntilError(trial.answerWith(script));

    it.each([
      ...[400, 402, 404, 409, 413, 422].map((status) => ['model_failed', status] as const),
      ...[401, 403, 408, 429, 500, 502, 503, 529].map((status) => ['model_unavailable', status] as const),
    ])('%s a status of %i, without repeating what the provider says', async (code, status) => {
      const { error } = await failing((answer) => answer.refuse(status, CANARY));
      expect(error).toMatchObject({ name: 'DomainError', code, cause: { status } });
      expect(`${error?.message} ${JSON.stringify(errorForLog(error))}`).not.toContain('canary');
    });

    it('model_unavailable a provider that is not there', async () => {
      const gone = await OpenAiOnTrial.start();
      await gone.server.close();
      expect((await collectUntilError(gone.ask())).error).toMatchObject({ code: 'model_unavailable' });
    });

    it('model_unavailable a connection that is cut before any answer', async () => {
      expect((await failing((answer) => answer.cut())).error).toMatchObject({ code: 'model_unavailable' });
    });

    it('model_failed a connection that is cut in the middle, once its text is out', async () => {
      const textSeen = newGate();
      const events = trial.answerWith(async (answer) => {
        answer.text('Oslo is ', 'cold');
        await textSeen.opened;
        await answer.cut();
      });
      expect(await Promise.all([events.next(), events.next()])).toMatchObject([
        { value: { text: 'Oslo is ' } },
        { value: { text: 'cold' } },
      ]);
      textSeen.open();
      await expect(events.next()).rejects.toMatchObject({ name: 'DomainError', code: 'model_failed' });
    });

    it.each<[string, AnswerScript]>([
      ['garbage', (answer) => answer.write(`data: {"choices": "${CANARY}\n\n`)],
      ['an error among the chunks', (answer) => answer.chunk({ error: { message: CANARY, code: 500 } })],
      ['an end without a finish reason', (answer) => answer.end()],
      ['a [DONE] without a finish reason', (answer) => answer.done()],
      ['an empty finish reason', (answer) => answer.finish('')],
      ["OpenRouter's finish reason for errors", (answer) => answer.finish('error')],
      ["DeepSeek's finish reason for overload", (answer) => answer.finish('insufficient_system_resource')],
    ])('model_failed %s, once its text is out', async (_, then) => {
      const { text, error } = await failing((answer, call) => {
        answer.text('Oslo is ', 'cold');
        return then(answer, call);
      });
      expect(text).toBe('Oslo is cold');
      expect(error).toMatchObject({ name: 'DomainError', code: 'model_failed' });
      expect(`${error?.message} ${JSON.stringify(errorForLog(error))}`).not.toContain('canary');
    });

    it.each<[string, AnswerScript]>([
      ['empty', (answer) => answer.headers()],
      ['a page', (answer) => answer.write('<!doctype html><title>Sign in to the network</title>')],
      ['the calls of tools alone', (answer) => answer.finish('tool_calls')],
    ])('model_failed an answer that is %s', async (_, script) => {
      const { text, error } = await failing(script);
      expect(text).toBe('');
      expect(error).toMatchObject({ name: 'DomainError', code: 'model_failed' });
    });
  });
});
