import { refused } from '../fakes/fake-parley';
import { isProblem, Problem } from './problem';

const problemOf = async (...refusal: Parameters<typeof refused>): Promise<Problem> =>
  Problem.of(await refused(...refusal)(() => new Response()));

describe('A problem', () => {
  it('has what the server says', async () => {
    const errors = [{ path: '/username', code: 'length', message: 'must be longer' }];
    const problem = await problemOf(400, 'validation_failed', { errors });
    expect(problem).toMatchObject({
      code: 'validation_failed',
      status: 400,
      message: 'It is validation_failed.',
    });
    expect(problem.more).toEqual({ errors, requestId: 'request-1' });
  });

  it('says after how long another try makes sense', async () => {
    const { more } = await problemOf(429, 'rate_limited', { retryAfterSeconds: 7 });
    expect(more.retryAfterMs).toBe(7_000);
  });

  it('does not take a date for a number of seconds', async () => {
    const headers = { 'Retry-After': 'Wed, 21 Oct 2026 07:28:00 GMT' };
    expect((await Problem.of(new Response('{}', { status: 503, headers }))).more).toEqual({});
  });

  it('has the body that was read already', async () => {
    const response = new Response('', { status: 404 });
    expect(await Problem.of(response, { code: 'not_found', detail: 'There is none.' })).toMatchObject({
      code: 'not_found',
      message: 'There is none.',
    });
  });

  it.each(['<html>Bad gateway</html>', '', 'null', '"Bad gateway"', '[]', '{}'])(
    'is broken when the body is %j, whether that has been read or not',
    async (body) => {
      const broken = { code: 'broken', status: 502, message: 'The answer made no sense.' };
      expect(await Problem.of(new Response(body, { status: 502 }))).toMatchObject(broken);
      const response = new Response(body, { status: 502 });
      await response.text();
      const read = /^[["{n]/.test(body) ? (JSON.parse(body) as unknown) : body;
      expect(await Problem.of(response, read)).toMatchObject(broken);
    },
  );

  it.each([
    ['nothing was reached', Problem.offline()],
    ['the server is restarting', new Problem('draining', 503, 'No.')],
    ['a proxy has failed', new Problem('broken', 404, 'No.')],
    ['it was too often', new Problem('rate_limited', 429, 'No.')],
  ])('passes when %s', (_what, { passes }) => {
    expect(passes).toBe(true);
  });

  it.each([
    ['the server has a fault', new Problem('internal', 500, 'No.')],
    ['it is not there', new Problem('not_found', 404, 'No.')],
    ['nobody is signed in', new Problem('unauthenticated', 401, 'No.')],
  ])('does not pass when %s', (_what, { passes }) => {
    expect(passes).toBe(false);
  });

  it('is told from other errors, and by its code', () => {
    const problem = new Problem('not_found', 404, 'No.');
    expect([isProblem(problem), isProblem(problem, 'conflict', 'not_found')]).toEqual([true, true]);
    expect([isProblem(problem, 'conflict'), isProblem(new Error('not_found'))]).toEqual([false, false]);
  });
});
