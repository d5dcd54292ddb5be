import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PATIENCE } from './patience';
import { waitUntil } from './wait-until';

const ROOT = join(__dirname, '..', '..');
const MAIN = join(ROOT, 'dist', 'src', 'main.js');

/** The built product in a process of its own, as operators run it. `npm test` builds it first. */
export class ParleyProcess {
  /** Everything it has printed. */
  output = '';
  readonly ended: Promise<number | string>;

  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    readonly metricsPort: number,
  ) {
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (text: Buffer) => (this.output += text.toString()));
    this.ended = once(child, 'exit').then(([code, signal]: unknown[]) => (code ?? signal) as number | string);
  }

  /** Starts it with nothing of this process's environment but these variables. */
  static launch(environment: Readonly<Record<string, string>>): ParleyProcess {
    const [port, metricsPort] = [freePort(), freePort()];
    const env = {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      BCRYPT_COST: '4',
      ...PATIENCE,
      ...environment,
    };
    const child = spawn(process.execPath, [MAIN], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    return new ParleyProcess(child, port, metricsPort);
  }

  /** Launches it and waits until it is ready. */
  static async start(environment: Readonly<Record<string, string>>): Promise<ParleyProcess> {
    const parley = ParleyProcess.launch(environment);
    await parley.ready();
    return parley;
  }

  /** @throws Error – it has ended, or takes too long. */
  async ready(): Promise<void> {
    await waitUntil(() => this.isReady(), 'a Parley that is ready');
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.child.pid!;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Ends it now, if it still runs. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async readiness(): Promise<number> {
    return (await fetch(`${this.url}/health/ready`)).status;
  }

  private async isReady(): Promise<boolean> {
    if (this.child.exitCode !== null) throw new Error(`Parley ended: ${this.output}`);
    return (await this.readiness().catch(() => 0)) === 200;
  }
}

const PORTS = 2_000;
let portsTaken = Math.floor(Math.random() * PORTS);

/** Below the range that outgoing connections take theirs from, and another one for each process of a test file. */
export function freePort(): number {
  return 20_000 + Number(process.env.JEST_WORKER_ID ?? 1) * PORTS + (portsTaken++ % PORTS);
}
