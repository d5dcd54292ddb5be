import type { MessageResponse } from '../../src/conversations/message.dto';
import { RunningCalls } from '../../src/completions/running-calls';
import { asking, complete, stream, textOfAll } from '../support/completions';
import { startScriptedApp } from '../support/scripted-app';

describe('A process that is to end', () => {
  it('breaks completions off with an error, keeps what is to be kept, and begins none', async () => {
    const { parley, model, ana } = await startScriptedApp();
    model.answerAll(async (answer) => {
      answer.text('Oslo is ');
      await answer.hang();
    });
    const passing = await stream(ana, { messages: asking('Hi') });
    const kept = await stream(ana, { messages: asking('Hi'), store: true });
    const interrupted = { code: 'interrupted', type: 'server_error' };
    const ends = [passing, kept].map(({ chunks }) =>
      expect(textOfAll(chunks)).rejects.toMatchObject(interrupted),
    );
    await parley.app.get(RunningCalls).drain(0);
    await Promise.all(ends);
    const { body } = await ana.get<{ data: MessageResponse[] }>(
      `/conversations/${kept.conversationId}/messages`,
    );
    expect(body.data[0]).toMatchObject({
      ...{ status: 'failed', content: 'Oslo is ', finishReason: 'interrupted' },
      error: { code: 'interrupted' },
    });
    await expect(complete(ana, 'Hi')).rejects.toMatchObject({ status: 503, code: 'draining' });
    for (const { ended } of model.calls) expect(await ended).toBe('left');
    await parley.close();
  });
});
