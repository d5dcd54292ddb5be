import { APIConnectionTimeoutError, APIError } from 'openai';
import { errorForLog } from '../../common/errors/error-for-log';
import { toModelError } from './openai-error';

const refusal = (headers: Record<string, string>) =>
  APIError.generate(429, { error: {} }, 'Too many.', new Headers(headers));

describe('An error of the OpenAI SDK', () => {
  it('is no connection when that took too long, since the SDK has no other time-out here', () => {
    const cause = new APIConnectionTimeoutError();
    expect(toModelError(cause)).toMatchObject({ code: 'model_unavailable', cause, retryable: true });
  });

  it.each<[Record<string, string>, number | null]>([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-1' }, null],
    [{ 'retry-after': '1e3' }, null],
    [{ 'retry-after-ms': '150', 'retry-after': '9' }, 150],
    [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, 9_000],
    [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, null],
    [{}, null],
  ])('says how long the provider asks to wait: %j', (headers, waitMs) => {
    expect(toModelError(refusal(headers))).toMatchObject({ retryable: true, retryAfterMs: waitMs });
  });

  it('leaves nothing in a log of what the provider says, its own code included', () => {
    const body = { error: { message: 'canary', code: 'canary', type: 'canary' } };
    const error = toModelError(
      APIError.generate(500, body, 'canary', new Headers({ 'x-request-id': 'canary' })),
    );
    expect(JSON.stringify(errorForLog(error))).toContain('InternalServerError');
    expect(`${error.message} ${JSON.stringify(errorForLog(error))}`).not.toContain('canary');
  });

  it('understands a date, too', () => {
    const at = new Date(Date.now() + 60_000).toUTCString();
    const { retryAfterMs } = toModelError(refusal({ 'retry-after': at })) as unknown as {
      retryAfterMs: number;
    };
    expect(retryAfterMs).toBeGreaterThan(55_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });
});
