import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { newGate } from '../../support/gate';

/** A network that can lose an answer on its way back: the server has done what it was asked for, and nobody hears of it. */
export class OneWayNetwork {
  private lost: { readonly request: string; readonly tell: () => void } | null = null;
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

  /** The next answer to a request with these words in it, and its connection, from the first byte on; once it is lost. */
  loseAnswerTo(request: string): Promise<void> {
    const { opened, open } = newGate();
    this.lost = { request, tell: open };
    return opened;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private take(client: Socket): void {
    const server = connect({ port: Number(this.target.port), host: this.target.hostname, noDelay: true });
    let doomed: typeof this.lost = null;
    client.on('data', (bytes) => {
      if (this.lost && bytes.includes(this.lost.request)) [doomed, this.lost] = [this.lost, null];
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (!doomed) return void client.write(bytes);
      client.destroy();
      doomed.tell();
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
