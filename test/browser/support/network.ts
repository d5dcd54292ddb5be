import type { Page } from 'playwright-core';
import { TcpProxy } from '../../support/tcp-proxy';

/** The network between a browser and a server. It fails for real, below HTTP; the page's origin stays what it is. */
export class FaultyNetwork {
  private constructor(private readonly proxy: TcpProxy) {}

  static async before(url: string): Promise<FaultyNetwork> {
    return new FaultyNetwork(await TcpProxy.before(url));
  }

  /** The server's by way of this network, without a slash at its end. */
  get url(): string {
    return new URL(this.proxy.url).origin;
  }

  /** New connections go to another server. */
  leadTo(url: string): void {
    this.proxy.moveTo(url);
  }

  /** Drops all connections and refuses new ones. */
  async cut(): Promise<void> {
    await this.proxy.refuse();
  }

  /** Drops all connections; new ones work. */
  drop(): void {
    this.proxy.cut();
  }

  /** Keeps all connections, takes new ones, and lets nothing through. */
  stall(): void {
    this.proxy.freeze();
  }

  /** Works again; what was stalled goes on. */
  async mend(): Promise<void> {
    await this.proxy.restore();
  }

  async close(): Promise<void> {
    await this.proxy.close();
  }
}

/** The rate of the 3G that Chromium's developer tools offer, and a fifth of its latency, which tests could not wait for. */
const SLOW = { latencyMs: 400, bytesPerSecond: 50_000 };

/** Makes the network of one tab slow, for answers that come from now on. What it gives makes it fast again. */
export async function slowDown(
  page: Page,
  { latencyMs, bytesPerSecond } = SLOW,
): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  const emulate = (latency: number, throughput: number) =>
    session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency,
      downloadThroughput: throughput,
      uploadThroughput: throughput,
    });
  await session.send('Network.enable');
  await emulate(latencyMs, bytesPerSecond);
  return async () => {
    await emulate(0, -1);
    await session.detach();
  };
}
