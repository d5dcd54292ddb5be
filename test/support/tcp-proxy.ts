import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Between a client and a server, for tests about what lies between them. It keeps its port whatever happens. */
export class TcpProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  /** Clients that were let in while it was frozen, and that nobody has spoken to. */
  private readonly waiting = new Set<Socket>();
  private frozen = false;

  private constructor(
    private target: URL,
    private server: Server,
    private readonly port: number,
  ) {
    this.server.on('connection', (client) => this.take(client));
  }

  static async before(url: string): Promise<TcpProxy> {
    const server = await listen(0);
    return new TcpProxy(new URL(url), server, (server.address() as AddressInfo).port);
  }

  /** The server's, by way of this proxy. */
  get url(): string {
    return Object.assign(new URL(this.target), { hostname: '127.0.0.1', port: String(this.port) }).href;
  }

  /** New connections go to another server from now on. */
  moveTo(url: string): void {
    this.target = new URL(url);
  }

  /** Drops every connection and takes no new ones. */
  async refuse(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.cut();
    await closed;
  }

  /** Drops every connection. */
  cut(): void {
    for (const socket of [...[...this.pairs].flat(), ...this.waiting]) socket.destroy();
  }

  /** Takes connections, and passes on nothing in either direction. */
  freeze(): void {
    this.frozen = true;
    for (const socket of [...this.pairs].flat()) socket.pause();
  }

  /** Passes on nothing more on the connections that there are, as after a failover; new ones work. */
  abandon(): void {
    for (const socket of [...this.pairs].flat()) socket.pause();
  }

  /** New connections go to another server, as after a change of addresses. */
  redirect(url: string): void {
    this.target = new URL(url);
  }

  /** As it was before, with the connections that there are. */
  async restore(): Promise<void> {
    this.frozen = false;
    for (const socket of [...this.pairs].flat()) socket.resume();
    for (const client of this.waiting) this.pass(client);
    this.waiting.clear();
    if (this.server.listening) return;
    this.server = await listen(this.port);
    this.server.on('connection', (client) => this.take(client));
  }

  async close(): Promise<void> {
    if (this.server.listening) await this.refuse();
  }

  private take(client: Socket): void {
    client.on('error', () => undefined);
    if (!this.frozen) return this.pass(client);
    client.pause();
    this.waiting.add(client);
    client.on('close', () => this.waiting.delete(client));
  }

  private pass(client: Socket): void {
    const server = connect(Number(this.target.port), this.target.hostname);
    const pair = [client, server] as const;
    this.pairs.add(pair);
    for (const [from, to] of [pair, [server, client] as const]) {
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => undefined);
      from.on('close', () => {
        to.destroy();
        this.pairs.delete(pair);
      });
    }
    client.resume();
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer({ noDelay: true });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return server;
}
