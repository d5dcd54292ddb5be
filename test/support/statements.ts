import { DataSource } from 'typeorm';
import { Housekeeping } from '../../src/account/housekeeping';
import { Cleaner } from '../../src/common/cleaner';
import type { RunningApp } from './running-app';

interface Connection {
  query(...parameters: unknown[]): unknown;
}

interface Pool {
  on(event: 'acquire', listener: (connection: Connection) => void): void;
}

/** What the engine sends for all replies together: the beat, by the clock and for first texts, the look for cancels, and the sweep. */
const BY_THE_CLOCK = [
  /with beat as/,
  /cancel_requested_at is not null$/,
  /with expired as/,
  /select from generations where lease_until < now\(\)/,
];

/**
 * Every statement that an application sends to the database from now on, in order, but for those by the clock: the engine's are left
 * out, and what tidies up is stopped.
 */
export class Statements {
  readonly seen: string[] = [];
  private readonly watched = new WeakSet<Connection>();

  constructor({ app }: RunningApp) {
    const tidiers = [app.get(Housekeeping), ...app.get<Cleaner>(Cleaner, { each: true })];
    for (const each of tidiers) void each.onModuleDestroy(); // which would begin at any time within ten minutes
    const { master } = app.get(DataSource).driver as unknown as { master: Pool };
    master.on('acquire', (connection) => this.watch(connection));
  }

  /** How many there are while that happens. */
  async count(act: () => Promise<unknown>): Promise<number> {
    const before = this.seen.length;
    await act();
    return this.seen.length - before;
  }

  private watch(connection: Connection): void {
    if (this.watched.has(connection)) return;
    this.watched.add(connection);
    const query = connection.query.bind(connection);
    connection.query = (...parameters) => {
      this.note(parameters[0]);
      return query(...parameters);
    };
  }

  private note(statement: unknown): void {
    const text = typeof statement === 'string' ? statement : (statement as { text: string }).text;
    if (!BY_THE_CLOCK.some((pattern) => pattern.test(text))) this.seen.push(text.trim());
  }
}
