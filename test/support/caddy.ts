import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './parley-process';
import { waitUntil } from './wait-until';

const { skip } = describe;
const CADDYFILE = join(__dirname, '..', '..', 'deploy', 'caddy', 'Caddyfile');

/** As `describe`. Without Caddy the tests are left out and say so; but CI has to have it, and fails without. */
export function describeWithCaddy(title: string, tests: () => void): void {
  const found = spawnSync('caddy', ['version']).status === 0;
  if (found || process.env.CI === 'true') describe(title, tests);
  else skip(`${title} (not tried: there is no caddy here)`, tests);
}

/** Caddy with the file of docker-compose.yml, before these upstreams (`host:port`). */
export class Caddy {
  /** Of its authority, in a file, as `NODE_EXTRA_CA_CERTS` takes it. */
  readonly certificate: string;
  readonly url: string;
  private output = '';
  private readonly ended: Promise<unknown>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    port: number,
  ) {
    this.url = `https://localhost:${port}`;
    this.certificate = join(folder, 'caddy', 'pki', 'authorities', 'local', 'root.crt');
    child.stderr!.on('data', (text: Buffer) => (this.output += text.toString()));
    this.ended = once(child, 'exit').catch(() => undefined);
  }

  /** @throws Error with what it said, where it does not start. */
  static async start(upstreams: readonly string[]): Promise<Caddy> {
    const folder = mkdtempSync(join(tmpdir(), 'parley-caddy-'));
    const port = freePort();
    const child = spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', CADDYFILE], {
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        XDG_DATA_HOME: folder,
        XDG_CONFIG_HOME: folder,
        // A port in the address keeps it from wanting 80 as well, for redirections.
        SITE_ADDRESS: `https://localhost:${port}`,
        PARLEY_UPSTREAMS: upstreams.join(' '),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const caddy = new Caddy(child, folder, port);
    try {
      await waitUntil(() => caddy.isReady(), 'a Caddy that answers');
      return caddy;
    } catch (error) {
      await caddy.stop();
      throw new Error(`${(error as Error).message}: ${caddy.output}`, { cause: error });
    }
  }

  /** The head of an answer; its body is still to be read. `from`: another address of this machine that it is asked from. */
  async ask(
    method: string,
    path: string,
    { headers = {}, body, from }: { headers?: IncomingHttpHeaders; body?: unknown; from?: string } = {},
  ): Promise<IncomingMessage> {
    const ca = readFileSync(this.certificate);
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const way = { agent: false, ...(from && { localAddress: from, family: 4 }) };
    const sent = request(this.url + path, { method, ca, headers: { ...type, ...headers }, ...way });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
    rmSync(this.folder, { recursive: true });
  }

  private async isReady(): Promise<boolean> {
    if (this.child.exitCode !== null) throw new Error('Caddy ended');
    if (!existsSync(this.certificate)) return false;
    const answer = await this.ask('GET', '/health/ready').catch(() => null);
    answer?.resume();
    return answer?.statusCode === 200;
  }
}
