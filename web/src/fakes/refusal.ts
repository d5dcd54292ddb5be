import type { components } from '../api/contract';

type Problem = components['schemas']['Problem'];

interface More {
  readonly retryAfterSeconds?: number;
  readonly errors?: NonNullable<Problem['errors']>;
}

/** A problem as the server tells it. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: Problem['code'],
    private readonly more: More = {},
  ) {
    super(code);
  }

  get response(): Response {
    const { retryAfterSeconds, ...rest } = this.more;
    const { status, code } = this;
    const body: Problem = {
      ...{ type: `urn:parley:problem:${code}`, status, code, title: 'Refused', detail: `It is ${code}.` },
      ...{ requestId: 'request-1', ...rest },
    };
    const headers = new Headers({ 'Content-Type': 'application/problem+json' });
    if (retryAfterSeconds !== undefined) headers.set('Retry-After', String(retryAfterSeconds));
    return new Response(JSON.stringify(body), { status, headers });
  }
}

export const notFound = (): Refusal => new Refusal(404, 'not_found');
