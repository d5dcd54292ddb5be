import { newId } from '../../common/ids';
import type { ChatTurn } from '../../llm/chat-model';
import { aMessage } from '../../../test/factories/message';
import { EngineOnTrial } from '../../../test/support/engine-on-trial';
import type { OpenedTurn } from './turn.repository';
import { estimateTokens } from './tokens';

/** Of a model that nothing is known of: 8,192 tokens less 4,096 for the answer. */
const ROOM = 4_096;

const user = (content: string): ChatTurn => ({ role: 'user', content });
const assistant = (content: string): ChatTurn => ({ role: 'assistant', content });
const system = (content: string): ChatTurn => ({ role: 'system', content });

function aTurn(
  content: string,
  parts: { systemPrompt?: string; parentId?: string; model?: string } = {},
): OpenedTurn {
  const { systemPrompt = null, parentId = null, model = 'custom/any' } = parts;
  const question = aMessage({ role: 'user', content, parentId });
  return { question, reply: aMessage({ model, parentId: question.id }), systemPrompt };
}

describe('What a model is given', () => {
  it('is the question alone at the start of a conversation without a system prompt', async () => {
    const { context, replies } = new EngineOnTrial();
    await expect(context.of(aTurn('Oslo?'))).resolves.toEqual({
      model: 'custom/any',
      turns: [user('Oslo?')],
    });
    expect(replies.asked).toEqual([]);
  });

  it('is the system prompt, the history from old to new, and the question', async () => {
    const { context, replies } = new EngineOnTrial();
    replies.turns = [user('Bergen?'), assistant('Wet.'), user('Tromsø?'), assistant('Dark.')];
    const { turns } = await context.of(aTurn('Oslo?', { systemPrompt: 'Be brief.', parentId: newId() }));
    expect(turns).toEqual([system('Be brief.'), ...replies.turns, user('Oslo?')]);
  });

  it('has as much history as fits beside the system prompt, the question and the answer', async () => {
    const { context, replies } = new EngineOnTrial();
    const [systemPrompt, content, parentId] = ['Be brief.', 'Oslo?', newId()];
    await context.of(aTurn(content, { systemPrompt, parentId }));
    const maxTokens = ROOM - estimateTokens(systemPrompt) - estimateTokens(content);
    expect(replies.asked).toEqual([{ leafId: parentId, maxTokens }]);
  });

  it('has the system prompt and the question even where they leave no room for history', async () => {
    const { context, replies } = new EngineOnTrial();
    replies.turns = [user('Bergen?')];
    const content = 'x'.repeat(ROOM * 3 - 3);
    const { turns } = await context.of(aTurn(content, { systemPrompt: 'Brief.', parentId: newId() }));
    expect(turns).toEqual([system('Brief.'), user(content)]);
  });

  it('has no history for a model that is not there any more', async () => {
    const { context, replies } = new EngineOnTrial();
    replies.turns = [user('Bergen?')];
    const { turns } = await context.of(aTurn('Oslo?', { parentId: newId(), model: 'custom/gone' }));
    expect(turns).toEqual([user('Oslo?')]);
  });
});

describe('An estimate', () => {
  it.each([
    ['', 0],
    ['a', 1],
    ['abc', 1],
    ['abcd', 2],
    ['你好', 2],
    ['😀', 2],
  ])('takes %j for %i tokens', (text, tokens) => {
    expect(estimateTokens(text)).toBe(tokens);
  });
});
