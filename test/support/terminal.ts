import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { inNpm } from './doc-snippets';
import { freePort } from './parley-process';
import { waitUntil } from './wait-until';

const ROOT = join(__dirname, '..', '..');

/** Where somebody has started a Parley by a command line of a document. */
export class Terminal {
  private static readonly all: Terminal[] = [];

  output = '';
  readonly url: string;
  private readonly ended: Promise<unknown>;

  private constructor(
    private readonly shell: ChildProcess,
    port: number,
  ) {
    this.url = `http://localhost:${port}`;
    for (const stream of [shell.stdout!, shell.stderr!])
      stream.on('data', (text: Buffer) => (this.output += text.toString()));
    this.ended = once(shell, 'exit');
    Terminal.all.push(this);
  }

  /** Once the Parley that it starts is ready. It has another port than 3000, which may be taken. */
  static async open(command: string, env: Readonly<Record<string, string>>): Promise<Terminal> {
    const port = freePort();
    const shell = spawn('bash', ['-c', command], {
      cwd: ROOT,
      detached: true, // a group of its own, which Ctrl-C reaches as a whole
      env: { ...inNpm(env), PORT: String(port), METRICS_PORT: String(freePort()) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const terminal = new Terminal(shell, port);
    await waitUntil(() => terminal.isReady(), 'a Parley that is ready', 120_000);
    return terminal;
  }

  /** Those that a failed test has left open. */
  static async closeAll(): Promise<void> {
    await Promise.all(Terminal.all.map((terminal) => terminal.ctrlC()));
  }

  /** Waits for the end. */
  async ctrlC(): Promise<void> {
    if (this.shell.exitCode === null && this.shell.signalCode === null)
      process.kill(-this.shell.pid!, 'SIGINT');
    await this.ended;
  }

  private async isReady(): Promise<boolean> {
    if (this.shell.exitCode !== null) throw new Error(`It has ended: ${this.output}`);
    const answer = await fetch(`${this.url}/health/ready`).catch(() => null);
    return answer?.status === 200;
  }
}
