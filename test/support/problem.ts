import type { Answered, ProblemBody } from './client';

/** That an answer is a whole problem document, of that status and code, and fit for a log of the caller's. */
export function expectProblem(
  { status, headers, body }: Answered<ProblemBody>,
  wanted: number,
  code: string,
): void {
  expect({ status, code: body.code }).toEqual({ status: wanted, code });
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(body).toMatchObject({
    type: `urn:parley:problem:${code}`,
    title: expect.stringMatching(/./) as string,
    status: wanted,
    detail: expect.stringMatching(/./) as string,
    requestId: headers.get('x-request-id'),
  });
}
