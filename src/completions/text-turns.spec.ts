import type { RequestMessage } from './request-messages';
import { toTextTurns } from './text-turns';

const say = (role: RequestMessage['role'], content: RequestMessage['content']): RequestMessage => ({
  role,
  content,
});
const turnsOf = (...messages: RequestMessage[]) =>
  toTextTurns(messages)?.turns.map(({ role, content }) => `${role}: ${content}`);

describe('The text turns of a request', () => {
  it('join what one side says in a row', () => {
    const messages = [
      say('user', 'a'),
      say('user', 'b'),
      say('assistant', 'c'),
      say('assistant', 'd'),
      say('user', 'e'),
    ];
    expect(turnsOf(...messages)).toEqual(['user: a\n\nb', 'assistant: c\n\nd', 'user: e']);
  });

  it('begin with a question', () => {
    expect(turnsOf(say('assistant', 'a'), say('assistant', 'b'), say('user', 'c'))).toEqual(['user: c']);
  });

  it('end with a question; what stands after it opens the reply', () => {
    const turns = toTextTurns([
      say('user', 'a'),
      say('assistant', 'b'),
      say('tool', 'c'),
      say('assistant', 'd'),
    ]);
    expect(turns).toEqual({
      turns: [{ role: 'user', content: 'a' }],
      systemPrompt: null,
      opening: 'b\n\nd\n\n',
    });
  });

  it('leave out what tools say, and what is no text', () => {
    const image = { type: 'image_url' };
    const parts = [image, { type: 'text', text: 'a' }, image, { type: 'text', text: 'b' }];
    expect(turnsOf(say('user', parts), say('tool', 'c'), say('function', 'd'))).toEqual(['user: a\n\nb']);
  });

  it('leave out what says nothing', () => {
    const messages = [
      say('user', 'a'),
      say('assistant', null),
      say('user', ''),
      say('user', ' \n\t'),
      { role: 'assistant' } as const,
    ];
    expect(turnsOf(...messages)).toEqual(['user: a']);
  });

  it('keep white space within and around what is said', () => {
    expect(turnsOf(say('user', ' a\n'))).toEqual(['user:  a\n']);
  });

  it('have the instructions apart, wherever they stand', () => {
    const turns = toTextTurns([say('developer', 'a'), say('user', 'b'), say('system', 'c')]);
    expect(turns).toEqual({ turns: [{ role: 'user', content: 'b' }], systemPrompt: 'a\n\nc', opening: '' });
  });

  it.each<[string, RequestMessage[]]>([
    ['is an image', [say('user', [{ type: 'image_url' }])]],
    ['is empty', [say('user', '')]],
    ['is not there', [say('system', 'a'), say('assistant', 'b')]],
  ])('are none where what the user says %s', (_what, messages) => {
    expect(toTextTurns(messages)).toBeNull();
  });
});
