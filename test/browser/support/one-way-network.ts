import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { newGate } from '../../support/gate';

/** A network that can lose an answer on its way back: the server has done what it was asked for, and nobody hears of it. */
export class OneWayNetwork {
  private losing: { readonly request: string; left: number; readonly done: () => void } | null = null;
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

  /** The next answers to requests with these words in them are lost, two of them: Chromium itself asks once more. Resolves then. */
  loseAnswersTo(request: string): Promise<void> {
    const { opened, open } = newGate();
    this.losing = { request, left: 2, done: open };
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
    let isLost = false;
    client.on('data', (bytes) => {
      isLost ||= this.losing !== null && bytes.includes(this.losing.request);
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (!isLost) return void client.write(bytes);
      client.destroy();
      this.countLost();
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

  private countLost(): void {
    if (!this.losing || --this.losing.left > 0) return;
    this.losing.done();
    this.losing = null;
  }
}
