import type { TokensResponse } from '../../src/auth/auth.dto';
import { Client, type Answered, type ProblemBody } from './client';

/** What a browser keeps of a Set-Cookie header. */
export interface KeptCookie {
  readonly name: string;
  readonly value: string;
  /** In lower case: `httponly`, `samesite=strict`. */
  readonly attributes: readonly string[];
}

export function cookieOf({ headers }: Pick<Answered<unknown>, 'headers'>): KeptCookie | null {
  const [first] = headers.getSetCookie();
  if (first === undefined) return null;
  const [pair, ...attributes] = first.split('; ');
  const [name, value] = pair!.split(/=(.*)/s);
  return { name: name!, value: value!, attributes: attributes.map((text) => text.toLowerCase()) };
}

export interface BrowserOptions {
  readonly origin?: string;
  readonly userAgent?: string;
  readonly authorization?: string;
  /** As the proxy in front has it, such as `https://chat.example.com`. */
  readonly site?: string;
}

/** A page in a browser: it sends its cookie, its origin and its name, and never sees the cookie itself. */
export class BrowserClient {
  private readonly anyone: Client;
  cookie: KeptCookie | null = null;

  constructor(
    readonly url: string,
    private readonly defaults: BrowserOptions = {},
  ) {
    this.anyone = new Client(url);
  }

  /** Keeps the cookie of the answer, if there is one. */
  async post<Body = ProblemBody>(
    path: string,
    body?: unknown,
    options: BrowserOptions = {},
  ): Promise<Answered<Body>> {
    const { origin, userAgent, authorization, site } = { ...this.defaults, ...options };
    const answer = await this.anyone.post<Body>(path, body, {
      headers: {
        ...(origin !== undefined && { Origin: origin }),
        ...(userAgent !== undefined && { 'User-Agent': userAgent }),
        ...(authorization !== undefined && { Authorization: authorization }),
        ...(site !== undefined && {
          'X-Forwarded-Proto': new URL(site).protocol.slice(0, -1),
          'X-Forwarded-Host': new URL(site).host,
        }),
        ...(this.cookie && { Cookie: `theme=dark; ${this.cookie.name}=${this.cookie.value}` }),
      },
    });
    this.cookie = cookieOf(answer) ?? this.cookie;
    return answer;
  }

  signIn(path: string, body: object = {}): Promise<Answered<TokensResponse>> {
    return this.post<TokensResponse>(path, { ...body, transport: 'cookie' });
  }
}
