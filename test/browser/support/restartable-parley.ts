import type { ParleyProcess } from '../../support/parley-process';
import { Replicas } from '../../support/replicas';
import { ScriptedModelServer } from '../../support/scripted-model-server';
import { FaultyNetwork } from './network';

interface RestartableOptions {
  /** All but the first stand by until it is gone. */
  readonly replicas?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Parley as operators run it, in processes of its own, at one URL whatever becomes of them: one replica at a time has all new
 * connections, and when it goes, the next one that runs. While none does, the URL refuses everybody.
 */
export class RestartableParley {
  private constructor(
    readonly model: ScriptedModelServer,
    readonly replicas: Replicas,
    readonly network: FaultyNetwork,
    private readonly standingBy: ParleyProcess[],
    private serving: ParleyProcess | undefined,
  ) {}

  static async start({ replicas: count = 1, env = {} }: RestartableOptions = {}): Promise<RestartableParley> {
    const model = await ScriptedModelServer.start();
    const scripted = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', ...env };
    const replicas = await Replicas.start(count, { env: scripted }).catch(async (error: unknown) => {
      await model.close(); // else the test run, which has failed, would not end
      throw error;
    });
    const [serving, ...standingBy] = replicas.all as [ParleyProcess, ...ParleyProcess[]];
    const network = await FaultyNetwork.before(serving.url);
    return new RestartableParley(model, replicas, network, standingBy, serving);
  }

  /** Without a slash at its end. */
  get url(): string {
    return this.network.url;
  }

  /** Ends the one that serves as a crash does. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Tells the one that serves to stop, and waits until it has; readers stay until it sends them away. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Another one on the same database, which serves unless one does. */
  async startAgain(): Promise<void> {
    const parley = await this.replicas.add();
    this.standingBy.push(parley);
    if (this.serving) return;
    this.handOver();
    await this.network.mend();
  }

  async close(): Promise<void> {
    await this.network.close();
    await this.replicas.close();
    await this.model.close();
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const leaving = this.serving;
    this.handOver();
    leaving?.signal(signal);
    await leaving?.ended;
    if (!this.serving) await this.network.cut();
  }

  private handOver(): void {
    this.serving = this.standingBy.shift();
    if (this.serving) this.network.leadTo(this.serving.url);
  }
}
