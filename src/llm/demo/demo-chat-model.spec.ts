import { collect, collectText } from '../../../test/support/chat-events';
import type { ChatTurn } from '../chat-model';
import { DemoChatModel } from './demo-chat-model';

const running = new AbortController().signal;
const user = (content: string): ChatTurn => ({ role: 'user', content });
const assistant = (content: string): ChatTurn => ({ role: 'assistant', content });

async function answerTo(...turns: ChatTurn[]): Promise<string> {
  const model = new DemoChatModel(() => Promise.resolve());
  return collectText(await collect(model.stream({ model: 'demo/demo', turns }, running)));
}

describe('DemoChatModel', () => {
  it.each([
    ['first', [user('Hello?')]],
    ['later', [user('Hello?'), assistant('Yes.'), user('Really?')]],
  ])('says in a %s answer that it is no real model, and what to set', async (_, turns) => {
    const answer = await answerTo(...turns);
    expect(answer).toContain("Parley's demo model");
    expect(answer).toContain('No real model is configured');
    expect(answer).toContain('LLM_BASE_URL');
    expect(answer).toContain('LLM_MODELS');
  });

  it('tells how many messages came before the question', async () => {
    const prompt: ChatTurn = { role: 'system', content: 'Be brief.' };
    expect(await answerTo(user('Hello?'))).toContain('history before it: 0');
    expect(await answerTo(prompt, user('Hello?'), assistant('Yes.'), user('Really?'))).toContain(
      'history before it: 2',
    );
  });

  it('quotes the question without its markup', async () => {
    const answer = await answerTo(user('Is\n<b onclick="x">`this`</b> **bold**?'));
    expect(answer).toContain('“Is \\<b onclick="x"\\>\\`this\\`\\</b\\> \\*\\*bold\\*\\*?”');
  });

  it('quotes no more than 200 characters, and none by half', async () => {
    expect(await answerTo(user('😀'.repeat(200)))).toContain(`“${'😀'.repeat(200)}”`);
    expect(await answerTo(user('😀'.repeat(201)))).toContain(`“${'😀'.repeat(200)}…”`);
  });

  it('gives the same answer to the same question', async () => {
    expect(await answerTo(user('Hello?'))).toBe(await answerTo(user('Hello?')));
  });

  it('counts words as tokens', async () => {
    const model = new DemoChatModel(() => Promise.resolve());
    const turns = [user('What is Parley?')];
    const events = await collect(model.stream({ model: 'demo/demo', turns }, running));
    const completionTokens = events.length - 1;
    const usage = { promptTokens: 3, completionTokens, totalTokens: 3 + completionTokens };
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop', usage });
  });

  it('takes its time between two words, and stops at once when told to', async () => {
    const [call, gone] = [new AbortController(), new Error('the caller has gone')];
    const turns = [user('Hello?')];
    const words = new DemoChatModel().stream({ model: 'demo/demo', turns }, call.signal);
    await words.next();
    const next = words.next();
    call.abort(gone);
    await expect(next).rejects.toBe(gone);
  });
});
