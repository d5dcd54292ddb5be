import type { Message, ReplyEvent } from '../api/types';

type Ended = 'completed' | 'failed' | 'cancelled';
type Connection = ReadableStreamDefaultController<Uint8Array>;

/** Where a reply is kept. */
export interface ReplyRow {
  readonly question: () => Message;
  readonly reply: () => Message;
  readonly change: (change: Partial<Message>) => void;
}

const FINISHED = { completed: 'stop', failed: 'error', cancelled: 'cancelled' } as const;

/** An event as it is sent. */
export const toBlock = ({ id, ...data }: ReplyEvent): string =>
  `event: ${data.type}\n${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

/** A reply that the test writes, and the connections over which it is read. */
export class FakeReply {
  /** Of how many connections over which it was read. */
  opened = 0;
  private readonly connections = new Set<Connection>();

  constructor(private readonly row: ReplyRow) {}

  get message(): Message {
    return this.row.reply();
  }

  get id(): string {
    return this.message.id;
  }

  get isRunning(): boolean {
    return this.message.completedAt === null;
  }

  /** Of how many connections over which it is being read. */
  get readers(): number {
    return this.connections.size;
  }

  write(delta: string): void {
    const content = this.message.content + delta;
    this.row.change({ content, status: 'streaming' });
    this.say({ type: 'message.delta', messageId: this.id, delta, id: content.length });
  }

  complete(): void {
    this.end('completed');
  }

  fail(code = 'model_failed'): void {
    this.end('failed', { error: { code, detail: 'It broke off.' } as Message['error'] });
  }

  cancel(): void {
    this.end('cancelled');
  }

  /** The replica that wrote it is gone: so much of what was shown had been stored, and that is all there will be. */
  crash(stored: string): void {
    this.end('failed', { content: stored, finishReason: 'interrupted' });
  }

  /** Every connection breaks. */
  cut(): void {
    for (const connection of this.take()) connection.error(new TypeError('terminated'));
  }

  /** Every connection ends as if all had been said. */
  hangUp(): void {
    for (const connection of this.take()) connection.close();
  }

  /** The replica is going away. */
  sendAway(retryAfterMs: number): void {
    this.say({ type: 'reconnect', retryAfterMs, id: null });
    this.hangUp();
  }

  /** From `after` on; null: from `message.created` on. */
  open(after: number | null, signal: AbortSignal): Response {
    let connection: Connection;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        connection = controller;
        this.join(controller, after);
      },
      cancel: () => void this.connections.delete(connection),
    });
    signal.addEventListener('abort', () => {
      if (this.connections.delete(connection)) connection.error(signal.reason);
    });
    this.opened++;
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  }

  private join(connection: Connection, after: number | null): void {
    const { message: reply, connections } = this;
    connections.add(connection);
    const send = (event: ReplyEvent) => connection.enqueue(new TextEncoder().encode(toBlock(event)));
    if (after === null) send({ type: 'message.created', message: this.row.question(), reply, id: 0 });
    const delta = reply.content.slice(after ?? 0);
    if (delta) send({ type: 'message.delta', messageId: reply.id, delta, id: reply.content.length });
    if (this.isRunning) return;
    send(this.last);
    connections.delete(connection);
    connection.close();
  }

  private end(status: Ended, more: Partial<Message> = {}): void {
    if (!this.isRunning) throw new Error('It has ended already.');
    const completedAt = this.message.createdAt;
    this.row.change({ status, finishReason: FINISHED[status], completedAt, ...more });
    this.say(this.last);
    this.hangUp();
  }

  private get last(): ReplyEvent {
    const { message } = this;
    return { type: `message.${message.status as Ended}`, message, id: message.content.length };
  }

  private say(event: ReplyEvent): void {
    const bytes = new TextEncoder().encode(toBlock(event));
    for (const connection of this.connections) connection.enqueue(bytes);
  }

  private take(): readonly Connection[] {
    const taken = [...this.connections];
    this.connections.clear();
    return taken;
  }
}
