import type { TokensResponse } from '../../src/auth/auth.dto';
import { API, Client, type Answered, type CallOptions } from './client';
import { findOperation } from './contract';
import { cookieOf } from './cookie-client';
import type { EventStream } from './event-stream';
import { nameOf } from './routes';

/** Members of answers that nobody but their receiver may ever see. */
const SECRET_MEMBERS = ['accessToken', 'refreshToken', 'key', 'ticket'];

/** What the calls of a test were: which operations of the contract did what they are there for, and which secrets they gave away. */
export class Observations {
  /** `GET /api/v1/conversations/{id}`. */
  readonly operations = new Set<string>();
  /** Each secret, and the member or header that it came in. */
  readonly secrets = new Map<string, string>();

  succeeded(method: string, path: string): void {
    const { pathname } = new URL(path.startsWith('//') ? path.slice(1) : API + path, 'http://parley');
    const operation = findOperation(method, pathname);
    if (operation) this.operations.add(nameOf(operation));
  }

  received(answer: Answered<unknown>): void {
    const cookie = cookieOf(answer);
    if (cookie?.value) this.secrets.set(cookie.value, 'Set-Cookie');
    const body = Object.entries(Object(answer.body) as Record<string, unknown>);
    for (const [name, value] of body)
      if (SECRET_MEMBERS.includes(name) && typeof value === 'string') this.secrets.set(value, name);
  }
}

/** A client whose every call is noted. */
export class ObservedClient extends Client {
  constructor(
    url: string,
    readonly seen: Observations,
    tokens: TokensResponse | null = null,
    private readonly userAgent = 'observed',
  ) {
    super(url, tokens);
  }

  /** The same, with the tokens of somebody. */
  as(tokens: TokensResponse): ObservedClient {
    return new ObservedClient(this.url, this.seen, tokens, this.userAgent);
  }

  /** The same, with another bearer token. */
  bearing(accessToken: string): ObservedClient {
    return new ObservedClient(this.url, this.seen, { accessToken } as TokensResponse, this.userAgent);
  }

  override async call<Body>(
    method: string,
    path: string,
    body?: unknown,
    options: CallOptions = {},
  ): Promise<Answered<Body>> {
    const headers = { 'User-Agent': this.userAgent, ...options.headers };
    const answer = await super.call<Body>(method, path, body, { ...options, headers });
    if (answer.status < 400) this.seen.succeeded(method, path);
    this.seen.received(answer);
    return answer;
  }

  override async stream(
    method: string,
    path: string,
    body?: unknown,
    options: CallOptions = {},
  ): Promise<EventStream> {
    const stream = await super.stream(method, path, body, options);
    this.seen.succeeded(method, path);
    return stream;
  }
}
