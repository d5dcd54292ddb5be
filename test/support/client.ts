import type { TokensResponse } from '../../src/auth/auth.dto';
import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import type { ExchangeResponse, MessageResponse } from '../../src/conversations/message.dto';
import { checkAnswer, findOperation } from './contract';
import { EventStream } from './event-stream';
import { noteReached } from './reached-statuses';

export const API = '/api/v1';

export interface Answered<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, instead of a body as JSON. */
  readonly raw?: NonNullable<RequestInit['body']>;
  readonly signal?: AbortSignal;
}

/** The members of a problem that tests look at. */
export interface ProblemBody {
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly replyId?: string;
  readonly messageId?: string;
  readonly conversationId?: string;
  readonly errors?: readonly { readonly path: string; readonly code: string }[];
}

/** Speaks to a running Parley over HTTP, and holds every answer to the published contract. */
export class Client {
  constructor(
    readonly url: string,
    readonly tokens: TokensResponse | null = null,
  ) {}

  static async guest(url: string): Promise<Client> {
    return new Client(url, (await new Client(url).post<TokensResponse>('/auth/guest')).body);
  }

  static async member(url: string, username: string, password = 'quartz lemon bridge'): Promise<Client> {
    return new Client(
      url,
      (await new Client(url).post<TokensResponse>('/auth/register', { username, password })).body,
    );
  }

  get = <Body = ProblemBody>(path: string, options?: CallOptions) =>
    this.call<Body>('GET', path, undefined, options);
  post = <Body = ProblemBody>(path: string, body?: unknown, options?: CallOptions) =>
    this.call<Body>('POST', path, body, options);
  patch = <Body = ProblemBody>(path: string, body: unknown) => this.call<Body>('PATCH', path, body);
  delete = <Body = ProblemBody>(path: string) => this.call<Body>('DELETE', path);

  /** `path` is below /api/v1, or with two slashes below the root. */
  async call<Body>(
    method: string,
    path: string,
    body?: unknown,
    options: CallOptions = {},
  ): Promise<Answered<Body>> {
    const response = await this.fetch(method, path, body, options);
    const text = await response.text();
    const contentType = response.headers.get('content-type');
    const isJson = /[/+]json\b/.test(contentType ?? ''); // not x-ndjson, which is a line each
    const parsed: unknown = isJson ? JSON.parse(text) : text;
    checkAnswer({
      method,
      path: new URL(response.url).pathname,
      status: response.status,
      contentType,
      body: parsed,
    });
    return { status: response.status, headers: response.headers, body: parsed as Body };
  }

  /** A stream of events; anything else that comes is thrown. */
  async stream(
    method: string,
    path: string,
    body?: unknown,
    options: CallOptions = {},
  ): Promise<EventStream> {
    const connection = new AbortController();
    const response = await this.fetch(method, path, body, { ...options, signal: connection.signal });
    const operation = findOperation(method, new URL(response.url).pathname);
    if (response.status !== 200 || !operation) throw new Error(`${response.status} ${await response.text()}`);
    noteReached(operation.operationId, response.status);
    return new EventStream(response, operation, connection);
  }

  async conversation(body: Record<string, unknown> = {}): Promise<ConversationResponse> {
    return (await this.post<ConversationResponse>('/conversations', body)).body;
  }

  async send(
    conversationId: string,
    content: string,
    more: Record<string, unknown> = {},
  ): Promise<ExchangeResponse> {
    return (
      await this.post<ExchangeResponse>(`/conversations/${conversationId}/messages`, { content, ...more })
    ).body;
  }

  ask(conversationId: string, content: string, more: Record<string, unknown> = {}): Promise<EventStream> {
    return this.stream('POST', `/conversations/${conversationId}/messages/stream`, { content, ...more });
  }

  rejoin(conversationId: string, replyId: string, after: number): Promise<EventStream> {
    return this.stream('GET', `/conversations/${conversationId}/messages/${replyId}/stream?after=${after}`);
  }

  async message(conversationId: string, id: string): Promise<MessageResponse> {
    return (await this.get<MessageResponse>(`/conversations/${conversationId}/messages/${id}`)).body;
  }

  private fetch(
    method: string,
    path: string,
    body: unknown,
    { headers = {}, raw, signal }: CallOptions,
  ): Promise<Response> {
    const url = this.url + (path.startsWith('//') ? path.slice(1) : API + path);
    return fetch(url, {
      method,
      redirect: 'manual',
      signal,
      body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
      headers: {
        ...(this.tokens && { Authorization: `Bearer ${this.tokens.accessToken}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
    });
  }
}
