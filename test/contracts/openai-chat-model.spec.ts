import { collect, collectText } from '../support/chat-events';
import { newGate } from '../support/gate';
import { OpenAiOnTrial } from '../support/openai-on-trial';
import { USAGE } from '../support/scripted-answer';

const usage = { promptTokens: 9, completionTokens: 3, totalTokens: 12 };

describe('OpenAiChatModel', () => {
  let trial: OpenAiOnTrial;

  beforeEach(async () => {
    trial = await OpenAiOnTrial.start();
  });
  afterEach(() => trial.server.close());

  describe('asks', () => {
    it("for the provider's own name of the model, streamed and with usage", async () => {
      await collect(trial.ask());
      expect(trial.server.calls.map(({ body }) => body)).toEqual([
        {
          model: 'meta/llama',
          messages: [{ role: 'user', content: 'hello' }],
          stream: true,
          stream_options: { include_usage: true },
        },
      ]);
    });

    it('with its key, and without any where there is none', async () => {
      await collect(trial.ask());
      await collect(trial.ask(trial.open({ apiKey: null })));
      expect(trial.server.calls.map(({ headers }) => headers.authorization)).toEqual([
        'Bearer key',
        undefined,
      ]);
    });

    it('with nothing from the environment', async () => {
      const names = ['API_KEY', 'ADMIN_KEY', 'ORG_ID', 'PROJECT_ID', 'WEBHOOK_SECRET', 'BASE_URL', 'LOG'];
      const leaks = Object.fromEntries(names.map((name) => [`OPENAI_${name}`, 'leaked']));
      const env = {
        ...process.env,
        ...leaks,
        OPENAI_CUSTOM_HEADERS: 'authorization: leaked\nx-leak: leaked',
      };
      const replaced = jest.replaceProperty(process, 'env', env);
      await collect(trial.ask()).finally(() => replaced.restore());
      expect(trial.server.calls).toHaveLength(1);
      expect(JSON.stringify(trial.server.calls)).not.toContain('leaked');
    });
  });

  describe('reads', () => {
    it('chunks without text as progress', async () => {
      const events = await collect(
        trial.answerWith((answer) => {
          answer.chunk({ choices: [{ delta: { role: 'assistant', content: '' } }] });
          answer.chunk({ choices: [{ delta: { reasoning_content: 'Hm.' } }] });
          answer.chunk(null);
          answer.chunk({ choices: [null] });
          answer.whole('Hi');
        }),
      );
      const types = events.map(({ type }) => type);
      expect(types.slice(0, 5)).toEqual(['progress', 'progress', 'progress', 'progress', 'text']);
      expect(collectText(events)).toBe('Hi');
    });

    it('characters whose bytes come one by one', async () => {
      const events = await collect(
        trial.answerWith(async (answer) => {
          await answer.drip('Blåbærsyltetøy 😀');
          answer.whole('!');
        }),
      );
      expect(collectText(events)).toBe('Blåbærsyltetøy 😀!');
    });

    it('the last text from the chunk that has the finish reason', async () => {
      const last = { choices: [{ delta: { content: 'Hi' }, finish_reason: 'length' }] };
      expect(await collect(trial.answerWith((answer) => answer.chunk(last)))).toEqual([
        { type: 'text', text: 'Hi' },
        { type: 'finish', reason: 'length', usage: null },
      ]);
    });

    it.each(['tool_calls', 'function_call', 'eos'])('the finish reason %s as stop', async (reason) => {
      const events = await collect(
        trial.answerWith((answer) => {
          answer.text('Hi');
          answer.finish(reason);
        }),
      );
      expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop', usage: null });
    });

    it.each([
      ['counts without a sum', { prompt_tokens: 9, completion_tokens: 3 }, usage],
      ['counts that are none as no usage', { ...USAGE, prompt_tokens: -1 }, null],
      ['counts in words as no usage', { ...USAGE, completion_tokens: 'three' }, null],
    ])('%s', async (_, given, expected) => {
      const events = await collect(
        trial.answerWith((answer) => {
          answer.text('Hi');
          answer.finish();
          answer.chunk({ choices: [], usage: given });
        }),
      );
      expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop', usage: expected });
    });

    it('to the very end, so that the connection can be used again', async () => {
      const usageSeen = newGate();
      const events = trial.answerWith(async (answer) => {
        answer.text('Hi');
        answer.finish();
        answer.usage();
        await Promise.race([usageSeen.opened, answer.ended]);
        answer.done();
      });
      let chunksWithoutText = 0;
      for await (const { type } of events) {
        if (type === 'progress') chunksWithoutText += 1;
        if (chunksWithoutText === 2) usageSeen.open(); // the first one has the finish reason
      }
      await expect(trial.server.calls[0]?.ended).resolves.toBe('answered');
    });
  });
});
