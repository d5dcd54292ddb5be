import { signal } from '@preact/signals';
import { isProblem, Problem } from './problem';
import type { Tokens, User } from './types';

/** `ended`: there was a session, and it is over. `none`: nobody has signed in here. */
export type SessionState = 'starting' | 'unreachable' | 'signed-in' | 'none' | 'ended';

type Credentials = Record<string, string | undefined>;

/** The lock under which the tabs of a browser renew their session, one after the other: it is one cookie for all. */
const LOCK = 'parley.session';
/** A token this close to its end is not used any more. */
const MARGIN_MS = 20_000;
const REFUSED_TOKEN = ['token_expired', 'unauthenticated', 'session_revoked'] as const;

/** Who is signed in. The refresh token is in a cookie that no script can read, the access token in this object alone. */
export class Session {
  readonly user = signal<User | null>(null);
  readonly state = signal<SessionState>('starting');
  private token: { readonly value: string; readonly endsAt: number } | null = null;
  private renewal: Promise<void> | null = null;

  constructor(
    /** Of the API; empty: the page's own. */
    private readonly origin: string,
    private readonly guests: boolean,
    /** Called when somebody has signed in or out in this tab. */
    private readonly onChange: () => void,
  ) {}

  /** Finds who was signed in, or makes a guest. */
  async start(): Promise<void> {
    this.state.value = 'starting';
    try {
      await exclusively(() => this.refresh({ orGuest: this.guests })); // two tabs at once are one guest
    } catch (error) {
      if (isProblem(error, 'forbidden'))
        this.leave('none'); // no guests after all
      else this.state.value = 'unreachable';
    }
  }

  /** @throws Problem */
  async signIn(way: 'guest' | 'login' | 'register', credentials: Credentials): Promise<void> {
    const body = { ...credentials, transport: 'cookie' };
    const token = way === 'register' ? await this.freshToken() : undefined; // a guest becomes the member
    this.enter(await exclusively(() => this.post(way, body, token)));
    this.onChange();
  }

  /** @throws Problem – it could not be said to the server, so the session goes on. */
  async signOut(): Promise<void> {
    const response = await this.send(new Request(this.url('logout'), { method: 'POST' }));
    if (!response.ok && response.status !== 401) throw await Problem.of(response); // 401: it is over already
    this.leave('none');
    this.onChange();
  }

  /** After the account was erased, or its session ended from elsewhere. */
  leave(state: 'none' | 'ended'): void {
    this.token = null;
    this.user.value = null;
    this.state.value = state;
  }

  /** The answer of the server, good or not, to a request with the access token. @throws Problem – `offline`, `session_revoked` */
  async send(request: Request): Promise<Response> {
    const [again, person] = [request.clone(), this.user.peek()?.id];
    const response = await this.reach(authorized(request, this.tokenOf(person, await this.freshToken())));
    if (response.status !== 401) return response;
    if (!isProblem(await Problem.of(response.clone()), ...REFUSED_TOKEN)) return response;
    await this.renew();
    return this.token ? this.reach(authorized(again, this.tokenOf(person, this.token.value))) : response;
  }

  /** Meanwhile somebody else may have signed in, in another tab: what one person asked for is not done to another. */
  private tokenOf(person: string | undefined, token: string): string {
    if (this.user.peek()?.id === person) return token;
    throw new Problem('session_revoked', 401, 'Somebody else has signed in.');
  }

  /** The good answer to a GET of this path. @throws Problem */
  async download(path: string): Promise<Response> {
    const response = await this.send(new Request(new URL(path, this.origin || location.origin)));
    if (!response.ok) throw await Problem.of(response);
    return response;
  }

  /** Takes the cookie for a new access token; once, however many ask. @throws Problem – it is not known who is signed in. */
  renew(): Promise<void> {
    this.renewal ??= exclusively(() => this.refresh()).finally(() => (this.renewal = null));
    return this.renewal;
  }

  private async freshToken(): Promise<string> {
    if (this.token && this.token.endsAt < Date.now()) await this.renew();
    return this.token?.value ?? '';
  }

  private async refresh({ orGuest = false } = {}): Promise<void> {
    try {
      this.enter(await this.post('refresh', {}));
    } catch (error) {
      const isRefusal = error instanceof Problem && error.status < 500 && !error.passes;
      if (!isRefusal) throw error;
      const isNew = error.status === 400 && !this.user.value; // there is no cookie
      if (isNew && orGuest) this.enter(await this.post('guest', { transport: 'cookie' }));
      else this.leave(isNew ? 'none' : 'ended');
    }
  }

  private enter({ accessToken, expiresIn, user }: Tokens): void {
    this.token = { value: accessToken, endsAt: Date.now() + expiresIn * 1000 - MARGIN_MS };
    this.user.value = user;
    this.state.value = 'signed-in';
  }

  private async post(way: string, body: Credentials, token?: string): Promise<Tokens> {
    const headers = { 'Content-Type': 'application/json' };
    const request = new Request(this.url(way), { method: 'POST', headers, body: JSON.stringify(body) });
    const response = await this.reach(token ? authorized(request, token) : request);
    if (!response.ok) throw await Problem.of(response);
    return (await response.json()) as Tokens;
  }

  private reach(request: Request): Promise<Response> {
    return fetch(request, { credentials: 'include' }).catch((error: unknown) => {
      if (request.signal.aborted) throw error;
      throw Problem.offline();
    });
  }

  private readonly url = (way: string): string => `${this.origin}/api/v1/auth/${way}`;
}

function authorized(request: Request, token: string): Request {
  request.headers.set('Authorization', `Bearer ${token}`);
  return request;
}

/** Locks exist on secure pages alone; elsewhere the server's ten seconds of grace have to do. */
function exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  return locks ? locks.request(LOCK, work) : work();
}
