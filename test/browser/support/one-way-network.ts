import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A network that can lose answers on their way back: the server has done what it was asked for, and nobody hears of it. */
export class OneWayNetwork {
  private losing: string | null = null;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly target: URL,
    private readonly server: Server,
  ) {
    server.on('connection', (client) => this.take(client));
  }

  static async before(url: string): Promise<OneWayNetwork> {
    const server = createServer({ noDelay: true });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new OneWayNetwork(new URL(url), server);
  }

  /** Without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Each answer to a request with these words in it, and its connection, until what this gives is called. */
  loseAnswersTo(request: string): () => void {
    this.losing = request;
    return () => (this.losing = null);
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private take(client: Socket): void {
    const server = connect({ port: Number(this.target.port), host: this.target.hostname, noDelay: true });
    let isLost = false;
    client.on('data', (bytes) => {
      isLost ||= this.losing !== null && bytes.includes(this.losing);
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (isLost) client.destroy();
      else client.write(bytes);
    });
    for (const [from, to] of [[client, server] as const, [server, client] as const]) {
      this.sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        to.destroy();
        this.sockets.delete(from);
      });
    }
  }
}
