import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import type { MessageResponse } from '../../src/conversations/message.dto';
import type { Client, ProblemBody } from './client';
import { checkFrame } from './socket-contract';
import { waitUntil } from './wait-until';

/** What the server says. */
export interface ServerFrame {
  readonly type: string;
  readonly requestId?: string | null;
  readonly id?: number;
  readonly problem?: ProblemBody & { readonly status: number; readonly retryAfter?: number };
  readonly message?: MessageResponse;
  readonly reply?: MessageResponse;
  readonly delta?: string;
  readonly user?: { readonly id: string };
}

const LAST = ['message.completed', 'message.failed', 'message.cancelled', 'reconnect', 'error'];

let requests = 0;

/** Speaks to a running Parley over a WebSocket, and holds every frame to the published contract. */
export class SocketClient {
  /** All that came, oldest first. */
  readonly frames: ServerFrame[] = [];
  /** With what the server closed it. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  private hasClosed = false;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.receive(data.toString()));
    this.closed = once(socket, 'close').then(([code, reason]: unknown[]) => {
      this.hasClosed = true;
      return { code: code as number, reason: String(reason) };
    });
  }

  /** Open, and nothing said. */
  static async open(url: string, options: ClientOptions = {}): Promise<SocketClient> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/ws`, options);
    const client = new SocketClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Open, and `ready` for whoever that client is signed in as. */
  static async signedIn({ url, tokens }: Client, options?: ClientOptions): Promise<SocketClient> {
    const client = await SocketClient.open(url, options);
    client.say({ type: 'auth', token: tokens!.accessToken });
    await client.frame(({ type }) => type === 'ready', 'ready');
    return client;
  }

  say(frame: object): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** Sends with a request id of its own, and gives that. */
  ask(frame: object): string {
    const requestId = `request-${++requests}`;
    this.say({ ...frame, requestId });
    return requestId;
  }

  /** The first frame that fits. */
  frame(fits: (frame: ServerFrame) => boolean, what: string): Promise<ServerFrame> {
    return waitUntil(() => {
      const found = this.frames.find(fits);
      if (!found && this.hasClosed) throw new Error(`Closed before ${what}`);
      return found;
    }, what);
  }

  of(requestId: string): ServerFrame[] {
    return this.frames.filter((frame) => frame.requestId === requestId);
  }

  /** The joined deltas. */
  textOf(requestId: string): string {
    return this.of(requestId)
      .map(({ delta = '' }) => delta)
      .join('');
  }

  /** Everything about a request, once its last frame is there. */
  async all(requestId: string): Promise<ServerFrame[]> {
    const isLast = (frame: ServerFrame) => frame.requestId === requestId && LAST.includes(frame.type);
    await this.frame(isLast, `the end of ${requestId}`);
    return this.of(requestId);
  }

  /** Asks and gives the problem that it is refused with. */
  async refusal(frame: object): Promise<NonNullable<ServerFrame['problem']>> {
    const last = (await this.all(this.ask(frame))).at(-1)!;
    if (!last.problem) throw new Error(`No error: ${JSON.stringify(last)}`);
    return last.problem;
  }

  async hears(requestId: string, text: string): Promise<void> {
    await waitUntil(() => this.textOf(requestId).startsWith(text), `"${text}" for ${requestId}`);
  }

  async created(requestId: string): Promise<Required<Pick<ServerFrame, 'message' | 'reply'>>> {
    const isCreated = (frame: ServerFrame) =>
      frame.requestId === requestId && ['message.created', 'error'].includes(frame.type);
    const frame = await this.frame(isCreated, 'message.created');
    if (!frame.message || !frame.reply) throw new Error(JSON.stringify(frame));
    return { message: frame.message, reply: frame.reply };
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  private receive(text: string): void {
    const frame = JSON.parse(text) as ServerFrame;
    checkFrame(frame);
    this.frames.push(frame);
  }
}
