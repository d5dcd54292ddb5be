import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOnServer, urlOf } from './database';

const OPERATIONS = readFileSync(join(__dirname, '..', '..', 'docs', 'operations.md'), 'utf8');

/** An empty database with an owner and an app, made as docs/operations.md says. */
export interface TwoRoles {
  readonly owner: string;
  readonly app: string;
  drop(): Promise<void>;
}

export async function makeTwoRoles(): Promise<TwoRoles> {
  const name = `roles_w${process.env.JEST_WORKER_ID}`;
  const [owner, app] = [`${name}_owner`, `${name}_app`];
  const drop = () =>
    runOnServer(
      `drop database if exists ${name} with (force)`,
      `drop role if exists ${owner}`,
      `drop role if exists ${app}`,
    );
  await drop(); // an earlier file of this worker may have left them
  const statements = documented().map((statement) => statement.replaceAll(/\bparley(?=_|\b)/g, name));
  await runOnServer(...statements);
  const urlAs = (username: string, password: string) =>
    Object.assign(new URL(urlOf(name)), { username, password }).href;
  return { owner: urlAs(owner, 'choose-one'), app: urlAs(app, 'choose-another'), drop };
}

/** The first SQL of its section. */
function documented(): string[] {
  const [, sql] = /## Database roles\n[^]*?```sql\n([^]*?)```/.exec(OPERATIONS)!;
  return sql!
    .split(';')
    .map((text) => text.trim())
    .filter(Boolean);
}
