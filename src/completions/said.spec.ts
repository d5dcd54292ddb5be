import { countTokens } from '../common/tokens';
import { Said } from './said';

const MODEL = 'custom/any';

const after = (...all: Record<string, unknown>[]): Said => {
  const said = new Said(MODEL);
  for (const data of all) said.read({ model: MODEL, data });
  return said;
};
const delta = (member: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: member, finish_reason }],
});

describe('What a model has said', () => {
  it('is its text, in chunks or at once', () => {
    expect(after(delta({ content: 'Oslo' }), delta({ content: ' is cold' })).text).toBe('Oslo is cold');
    expect(after({ choices: [{ message: { content: 'Oslo is cold' } }] }).text).toBe('Oslo is cold');
  });

  it('is its text where that comes in parts, as Mistral’s does, and not what it thinks', () => {
    const said = after(
      delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hello' }] }] }),
      delta({ content: [{ type: 'text', text: 'Oslo is ' }, null] }),
      delta({ content: 'cold' }),
    );
    expect(said.text).toBe('Oslo is cold');
    expect(said.spent(1, false)).toMatchObject({ completionTokens: countTokens('Oslo is coldhello') });
  });

  it('has no tool calls where the provider says so, as vLLM does', () => {
    expect(after(delta({ content: 'Oslo', tool_calls: [] })).hasToolCalls).toBe(false);
    expect(after(delta({ tool_calls: [], function_call: { name: 'f' } })).hasToolCalls).toBe(true);
  });

  it('is a refusal where that is all', () => {
    expect(after(delta({ content: null, refusal: 'I won’t.' })).text).toBe('I won’t.');
  });

  it('is no thought and no tool call, which are paid for', () => {
    const said = after(
      delta({ reasoning_content: 'hello' }),
      delta({ reasoning: ' hello' }),
      delta({ tool_calls: [{ index: 0, function: { name: ' hello' } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: ' hello' } }] }),
      delta({ function_call: { arguments: ' hello' } }),
    );
    expect(said.text).toBe('');
    expect(said.hasToolCalls).toBe(true);
    expect(said.spent(1, false)).toEqual({ model: MODEL, promptTokens: 1, completionTokens: 5 });
  });

  it('is held up to five million units, and no further', () => {
    const much = 'x'.repeat(3_000_000);
    const said = after(
      ...[much, much, much].flatMap((text) => [delta({ content: text }), delta({ reasoning: text })]),
    );
    expect(said.text).toHaveLength(5_000_000);
    expect(said.spent(1, false)!.completionTokens).toBe(countTokens('x'.repeat(10_000_000)));
  });

  it('has ended as the provider says', () => {
    expect(after(delta({ content: 'Oslo' })).finishReason).toBeNull();
    expect(after(delta({}, 'length'), { choices: [] }).finishReason).toBe('length');
  });

  it('has cost what the provider counted last', () => {
    const said = after(
      { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } },
      { choices: [], usage: { prompt_tokens: 5, completion_tokens: 4 } },
      { choices: [], usage: null },
    );
    expect(said.spent(100, false)).toEqual({ model: MODEL, promptTokens: 5, completionTokens: 4 });
  });

  it.each([
    { prompt_tokens: 1 },
    { prompt_tokens: '1', completion_tokens: 1 },
    { prompt_tokens: -1, completion_tokens: 1 },
    { prompt_tokens: 1.5, completion_tokens: 1 },
    { prompt_tokens: 2 ** 31, completion_tokens: 1 },
    'many',
  ])('is estimated where the count is none: %j', (usage) => {
    const said = after({ ...delta({ content: 'Hello there' }), usage });
    expect(said.spent(7, false)).toEqual({ model: MODEL, promptTokens: 7, completionTokens: 2 });
  });

  it('is said by the model that answers', () => {
    const said = new Said(MODEL);
    said.read({ model: 'other/one', data: delta({ content: 'Hi' }) });
    expect(said.spent(1, false)).toMatchObject({ model: 'other/one' });
  });

  it('costs nothing before it begins, unless it is broken off', () => {
    expect(new Said(MODEL).spent(7, false)).toBeNull();
    expect(new Said(MODEL).spent(7, true)).toEqual({ model: MODEL, promptTokens: 7, completionTokens: 0 });
  });

  it.each([
    {},
    { choices: null },
    { choices: [null] },
    { choices: [{ delta: null }] },
    { choices: ['x'] },
    { choices: [{ delta: { content: 1, tool_calls: [null, {}] } }] },
  ])('is nothing where the chunk is %j', (data) => {
    const said = after(data);
    expect([said.text, said.finishReason, said.hasBegun]).toEqual(['', null, true]);
  });
});
