import { Problem, type FaultCode } from '../api/problem';
import { codeInPlainWords, inPlainWords } from './plain-words';

const ofFields = (...errors: readonly [path: string, message: string][]) =>
  new Problem('validation_failed', 400, 'The body is not as it has to be.', {
    errors: errors.map(([path, message]) => ({ path, message, code: 'x' })),
  });

describe('What went wrong, in plain words', () => {
  it.each<[string, readonly [string, string][]]>([
    ['Username must be longer.', [['/username', 'must be longer']]],
    ['New password must be longer.', [['/newPassword', 'must be longer']]],
    ['From must be a day.', [['query.from', 'must be a day']]],
    [
      'Username is missing. Display name is too long.',
      [
        ['/username', 'is missing'],
        ['/displayName', 'is too long'],
      ],
    ],
  ])('names the fields that are at fault: %s', (words, errors) => {
    expect(inPlainWords(ofFields(...errors))).toBe(words);
  });

  it('is what the server says when no field is at fault', () => {
    expect(inPlainWords(ofFields())).toBe('The body is not as it has to be.');
  });

  it.each([
    [undefined, '1 min'],
    [400, '1 s'],
    [7_000, '7 s'],
    [60_000, '1 min'],
    [61_000, '2 min'],
    [3_600_000, '60 min'],
  ])('says when to try again after too many tries: %p ms are %s', (retryAfterMs, time) => {
    const more = retryAfterMs === undefined ? {} : { retryAfterMs };
    const words = `That was too often. Try again in ${time}.`;
    expect(inPlainWords(new Problem('rate_limited', 429, 'Too many requests.', more))).toBe(words);
  });

  it.each([new TypeError('x is undefined'), new Error('ECONNRESET 10.0.0.7'), 'AbortError', null, undefined])(
    'says nothing technical of %p',
    (error) => {
      expect(inPlainWords(error)).toBe('Something went wrong on this page. Reload it, and try again.');
    },
  );

  it.each<[FaultCode, number]>([
    ['internal', 500],
    ['broken', 502],
    ['offline', 0],
    ['unauthenticated', 401],
  ])('says what to do after %s, not what the server calls it', (code, status) => {
    const words = inPlainWords(new Problem(code, status, 'upstream connect error'));
    expect(words).toMatch(/^[A-Z].*(try|check|sign in).*\.$/i);
    expect(words).not.toContain('upstream');
  });

  it('says of a reply why it failed, or what the server says of that', () => {
    expect(codeInPlainWords('model_timeout', 'TIMEOUT')).toContain('took too long');
    expect(codeInPlainWords('conflict', 'It has too many answers.')).toBe('It has too many answers.');
  });
});
