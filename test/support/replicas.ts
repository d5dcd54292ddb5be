import { cloneDatabase, type TestDatabase } from './database';
import { ParleyProcess } from './parley-process';

type Environment = Readonly<Record<string, string>>;

/** Limits are off unless a test is about them. */
const DEFAULTS = {
  JWT_SECRET: 'a secret that only the tests know, of a good length',
  RATE_LIMITS: 'off',
};

/** Parley processes on one database of their own, as operators run them behind a load balancer. */
export class Replicas {
  /** In the order of their starts, those that have ended included. */
  readonly all: ParleyProcess[] = [];

  private constructor(
    readonly database: TestDatabase,
    private readonly env: Environment,
  ) {}

  /** Starts so many at once and waits until all of them are ready; none leaves a database to add some to. */
  static async start(count: number, { env = {} }: { readonly env?: Environment } = {}): Promise<Replicas> {
    const replicas = new Replicas(await cloneDatabase(), { ...DEFAULTS, ...env });
    try {
      await Promise.all(Array.from({ length: count }, () => replicas.add()));
      return replicas;
    } catch (error) {
      await replicas.close();
      throw error;
    }
  }

  get urls(): string[] {
    return this.all.map(({ url }) => url);
  }

  /** One more, with these variables besides or instead, not waited for. */
  launch(env: Environment = {}): ParleyProcess {
    const parley = ParleyProcess.launch({ DATABASE_URL: this.database.url, ...this.env, ...env });
    this.all.push(parley);
    return parley;
  }

  /** One more, once it is ready. */
  async add(env: Environment = {}): Promise<ParleyProcess> {
    const parley = this.launch(env);
    await parley.ready();
    return parley;
  }

  /** Kills what still runs, and drops the database. */
  async close(): Promise<void> {
    await Promise.all(this.all.map((parley) => parley.kill()));
    await this.database.drop();
  }
}
