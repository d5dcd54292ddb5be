import { DomainError, PROBLEMS, validationFailed, type ProblemCode } from '../common/errors/domain-error';
import { toOpenAiError } from './openai-error.mapper';

const typeOf = (code: ProblemCode) => toOpenAiError(new DomainError(code, 'It did not work.')).error.type;

describe("An error in OpenAI's envelope", () => {
  it.each<[ProblemCode, string]>([
    ['validation_failed', 'invalid_request_error'],
    ['unknown_model', 'invalid_request_error'],
    ['not_found', 'invalid_request_error'],
    ['conflict', 'invalid_request_error'],
    ['idempotency_key_reused', 'invalid_request_error'],
    ['unauthenticated', 'authentication_error'],
    ['session_revoked', 'authentication_error'],
    ['insufficient_scope', 'permission_error'],
    ['account_disabled', 'permission_error'],
    ['rate_limited', 'rate_limit_error'],
    ['quota_exceeded', 'insufficient_quota'],
    ['internal', 'server_error'],
    ['model_timeout', 'server_error'],
  ])('has for %s the type %s', (code, type) => {
    expect(typeOf(code)).toBe(type);
  });

  it('has the code of every problem', () => {
    for (const code of Object.keys(PROBLEMS) as ProblemCode[])
      expect(toOpenAiError(new DomainError(code, 'It did not work.')).error).toMatchObject({
        code,
        param: null,
      });
  });

  it('keeps the reason of an internal one to itself', () => {
    const { message } = toOpenAiError(new DomainError('internal', 'secret')).error;
    expect(message).toBe('Something went wrong on our side');
  });

  it.each([
    ['/messages', 'messages'],
    ['/messages/0/content/12', 'messages[0].content[12]'],
    ['/tools/0/a~1b/c~0d', 'tools[0].a/b.c~d'],
    ['query.limit', 'query.limit'],
    ['header.Idempotency-Key', 'header.Idempotency-Key'],
  ])('says where %s is as %s', (path, param) => {
    const error = validationFailed([{ path, code: 'x', message: 'must be there' }]);
    expect(toOpenAiError(error).error).toMatchObject({ param, message: `${param}: must be there.` });
  });

  it('tells of everything that is not valid, the first one first', () => {
    const fault = (path: string) => ({ path, code: 'x', message: 'must be there' });
    expect(toOpenAiError(validationFailed([fault('/a'), fault('/b')])).error).toMatchObject({
      param: 'a',
      message: 'a: must be there. b: must be there.',
    });
  });
});
