import { FakeAccounts } from './fake-accounts';
import { FakeHistory } from './fake-history';
import type { FakeReply } from './fake-reply';
import { Refusal } from './refusal';

/** A request as it came in. */
export interface Heard {
  /** `POST /auth/refresh` */
  readonly line: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly key: string | null;
  readonly token: string | null;
  /** Whether the browser's cookies came along. */
  readonly cookies: boolean;
  readonly keepalive: boolean;
  readonly signal: AbortSignal;
}

type Route = readonly [line: RegExp, answer: (heard: Heard, ...ids: string[]) => Response];
/** What comes of a request; `answer` is what should. */
export type Mishap = (answer: () => Response) => Response | Promise<Response>;

interface Outcome {
  readonly asked: string;
  readonly id: string;
}

const NOT_REACHED = 'fetch failed';

/** The next answer is this problem, and nothing is done. */
export const refused =
  (...problem: ConstructorParameters<typeof Refusal>): Mishap =>
  () =>
    new Refusal(...problem).response;

/** The request does not arrive. */
export const unreachable: Mishap = () => {
  throw new TypeError(NOT_REACHED);
};

/** What was asked for is done, and nobody hears of it. */
export const unheard: Mishap = (answer) => {
  answer();
  throw new TypeError(NOT_REACHED);
};

/** The answer is how it was when it was asked for, and comes when the promise is fulfilled. */
export const late =
  (until: Promise<unknown>): Mishap =>
  async (answer) => {
    const response = answer();
    await until;
    return response;
  };

/** As much of a Parley as the page's stores ask for, in memory and in the place of `fetch`. */
export class FakeParley {
  readonly origin = 'http://parley.test';
  readonly accounts = new FakeAccounts();
  readonly history = new FakeHistory();
  /** Of every reply that was asked for over HTTP, oldest first. */
  readonly replies: FakeReply[] = [];
  /** All that came in, oldest first. */
  readonly heard: Heard[] = [];
  /** Nothing arrives. */
  offline = false;
  private readonly mishaps: { readonly line: RegExp; readonly mishap: Mishap }[] = [];
  private readonly kept = new Map<string, Outcome>();
  private readonly before = globalThis.fetch;

  private readonly routes: readonly Route[] = [
    [/^POST \/auth\/(\w+)$/, (heard, way) => this.knock(heard, way)],
    [/^GET \/conversations$/, ({ query }) => Response.json(this.history.list(query))],
    [/^POST \/conversations$/, (heard) => this.make(heard)],
    [/^DELETE \/conversations$/, () => done(() => this.history.deleteAll())],
    [/^GET \/conversations\/(\w+)$/, (_, id) => Response.json(this.history.getConversation(id))],
    [/^PATCH \/conversations\/(\w+)$/, ({ body }, id) => Response.json(this.history.change(id, body))],
    [/^DELETE \/conversations\/(\w+)$/, (_, id) => done(() => this.history.delete(id))],
    [
      /^GET \/conversations\/(\w+)\/messages$/,
      ({ query }, id) => Response.json(this.history.branch(id, query)),
    ],
    [/^POST \/conversations\/(\w+)\/messages\/stream$/, (heard, id) => this.ask(heard, id)],
    [
      /^POST \/conversations\/(\w+)\/messages\/(\w+)\/regenerate\/stream$/,
      (heard, id, replyId) => this.ask(heard, id, replyId),
    ],
    [
      /^GET \/conversations\/(\w+)\/messages\/(\w+)\/stream$/,
      ({ query, signal }, id, replyId) =>
        this.history.getReply(id, replyId).open(Number(query.get('after') ?? 0), signal),
    ],
    [/^POST \/conversations\/(\w+)\/messages\/(\w+)\/cancel$/, (_, id, replyId) => this.cancel(id, replyId)],
  ];

  /** Requests go to it from now on. */
  open(): this {
    globalThis.fetch = (input, init) => this.fetch(new Request(input, init), init?.credentials);
    return this;
  }

  close(): void {
    globalThis.fetch = this.before;
  }

  /** Happens to the next request of this line that nothing else is to happen to. */
  next(line: RegExp, mishap: Mishap): void {
    this.mishaps.push({ line, mishap });
  }

  /** What came in of this line, oldest first. */
  all(line: RegExp): readonly Heard[] {
    return this.heard.filter((heard) => line.test(heard.line));
  }

  get reply(): FakeReply {
    return this.replies.at(-1)!;
  }

  private async fetch(request: Request, credentials?: RequestCredentials): Promise<Response> {
    request.signal.throwIfAborted();
    if (this.offline) throw new TypeError(NOT_REACHED);
    const heard = await hear(request, credentials === 'include');
    this.heard.push(heard);
    const at = this.mishaps.findIndex(({ line }) => line.test(heard.line));
    const [mishap] = at < 0 ? [] : this.mishaps.splice(at, 1);
    const answer = () => this.answer(heard);
    const aborted = new Promise<never>((_, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason));
    });
    aborted.catch(() => undefined); // there may be an answer already
    return Promise.race([mishap ? mishap.mishap(answer) : answer(), aborted]);
  }

  private answer(heard: Heard): Response {
    try {
      if (!heard.line.startsWith('POST /auth/')) this.accounts.check(heard.token);
      for (const [line, answer] of this.routes) {
        const match = line.exec(heard.line);
        if (match) return answer(heard, ...match.slice(1));
      }
      throw new Error(`Nobody answers ${heard.line}.`);
    } catch (error) {
      if (error instanceof Refusal) return error.response;
      throw error;
    }
  }

  private knock(heard: Heard, way: string): Response {
    if (!heard.cookies) throw new Refusal(403, 'forbidden');
    return this.accounts.ways[way]!(heard);
  }

  private make(heard: Heard): Response {
    const id = this.once(heard, () => this.history.conversation(heard.body).id);
    return Response.json(this.history.getConversation(id), { status: 201 });
  }

  private ask(heard: Heard, id: string, replyId?: string): Response {
    const turn = heard.body as { content: string; parentId?: string | null };
    const asked = this.once(heard, () => {
      const reply = replyId ? this.history.regenerate(id, replyId) : this.history.ask(id, turn);
      this.replies.push(reply);
      return reply.id;
    });
    return this.history.getReply(id, asked).open(null, heard.signal);
  }

  private cancel(id: string, replyId: string): Response {
    const reply = this.history.getReply(id, replyId);
    if (!reply.isRunning) throw new Refusal(409, 'not_cancellable');
    reply.cancel();
    return Response.json(reply.message);
  }

  /** Does what has this key at the first time alone. */
  private once({ line, key, body }: Heard, act: () => string): string {
    if (key === null) return act();
    const asked = JSON.stringify([line, body]);
    const kept = this.kept.get(key) ?? { asked, id: act() };
    if (kept.asked !== asked) throw new Refusal(422, 'idempotency_key_reused');
    this.kept.set(key, kept);
    return kept.id;
  }
}

function done(act: () => void): Response {
  act();
  return new Response(null, { status: 204 });
}

async function hear(request: Request, cookies: boolean): Promise<Heard> {
  const { pathname, searchParams } = new URL(request.url);
  const text = await request.text();
  return {
    line: `${request.method} ${pathname.replace('/api/v1', '')}`,
    query: searchParams,
    body: (text ? JSON.parse(text) : {}) as Heard['body'],
    key: request.headers.get('Idempotency-Key'),
    token: request.headers.get('Authorization')?.replace('Bearer ', '') || null,
    cookies,
    keepalive: request.keepalive,
    signal: request.signal,
  };
}
