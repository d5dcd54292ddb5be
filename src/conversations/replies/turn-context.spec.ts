import { aModel } from '../../../test/factories/model';
import { DomainError } from '../../common/errors/domain-error';
import { newId } from '../../common/ids';
import { mostTokens, roomForHistory, toChatRequest, toContext, type GivenMessage } from './turn-context';

const fixed = (questionTokens: number, systemTokens = 0) => ({
  systemPrompt: systemTokens > 0 ? 'Be brief.' : null,
  systemTokens,
  questionTokens,
});
const said = (role: 'user' | 'assistant', tokens: number): GivenMessage => ({
  id: newId(),
  role,
  content: 'x',
  tokens,
});
const sized = aModel('openai/any', { contextTokens: 1_000, maxOutputTokens: 400, sized: true });

describe('Room for history', () => {
  it('is what the answer, the question and the system prompt leave, less a quarter for other tokenizers', () => {
    expect(roomForHistory(sized, fixed(10))).toBe(450 - 10 - 4);
    expect(roomForHistory(sized, fixed(10, 20))).toBe(450 - 10 - 4 - 20 - 4);
  });

  it('is none where question and system prompt leave none', () => {
    expect(roomForHistory(sized, fixed(900))).toBeLessThan(0);
  });

  it('is refused where not even these fit the window', () => {
    expect(() => roomForHistory(sized, fixed(990, 3))).toThrow('1000 tokens');
    expect(() => roomForHistory(sized, fixed(997))).toThrow(DomainError);
    expect(roomForHistory(sized, fixed(996))).toBeLessThan(0);
  });
});

describe('A context', () => {
  it('counts all that is given, and what a provider puts around each message', () => {
    const history = [said('user', 5), said('assistant', 7)];
    const { context } = toContext(sized, fixed(10, 20), history);
    expect(context).toMatchObject({ windowTokens: 1_000, promptTokens: 5 + 7 + 10 + 20 + 4 * 4 });
    expect(context.from).toBe(history[0]!.id);
  });

  it('begins with a question', () => {
    const history = [said('assistant', 7), said('user', 5), said('assistant', 7)];
    const { context, history: given } = toContext(sized, fixed(10), history);
    expect(given).toEqual(history.slice(1));
    expect(context.from).toBe(history[1]!.id);
    expect(toContext(sized, fixed(10), [said('assistant', 7)])).toMatchObject({
      context: { from: null, promptTokens: 14 },
      history: [],
    });
  });

  it.each([
    ['what the model may answer', sized, 10, 400],
    ['what the window leaves', sized, 596, 200],
    ['one at least', sized, 990, 1],
    ['as the provider has it, where the sizes are not known', aModel(), 10, null],
  ])('gives the answer %s', (_, model, question, expected) => {
    expect(toContext(model, fixed(question), []).context.answerTokens).toBe(expected);
  });

  it('may take what is given and the longest answer', () => {
    expect(mostTokens(toContext(sized, fixed(10), []).context, sized)).toBe(14 + 400);
    expect(mostTokens(toContext(aModel(), fixed(10), []).context, aModel())).toBe(14 + 4_096);
  });
});

describe('The call that writes a reply', () => {
  it('is the system prompt, the history from old to new, the question and the limit of the answer', () => {
    const history = [said('user', 5), said('assistant', 7)];
    const { context } = toContext(sized, fixed(10, 20), history);
    expect(toChatRequest('openai/any', context, history, 'Oslo?')).toEqual({
      model: 'openai/any',
      maxTokens: 400,
      turns: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'x' },
        { role: 'assistant', content: 'x' },
        { role: 'user', content: 'Oslo?' },
      ],
    });
  });

  it('is the question alone where there is nothing else', () => {
    const { context } = toContext(aModel(), fixed(10), []);
    expect(toChatRequest('custom/any', context, [], 'Oslo?')).toMatchObject({
      turns: [{ role: 'user', content: 'Oslo?' }],
      maxTokens: null,
    });
  });
});
