import type { Command } from 'commander';
import type { Agreement } from './database-work';
import { answers } from './outcome';

const load = () => import('./database-work.js');

export function addDatabaseCommands(program: Command): void {
  const add = (name: string, description: string) => program.command(name).description(description);
  const addDestructive = (name: string, description: string) =>
    add(name, description).option('--yes', 'does not ask');

  answers(add('db:migrate', 'brings the schema up to date'), async () => (await load()).migrateDatabase());
  answers(add('db:status', 'says whether the schema is up to date'), async () => (await load()).showStatus());
  answers(addDestructive('db:revert', 'takes the newest migration back'), async (options: Agreement) =>
    (await load()).revertDatabase(options),
  );
  answers(addDestructive('db:drop', 'deletes all that Parley has stored'), async (options: Agreement) =>
    (await load()).dropDatabase(options),
  );
  answers(addDestructive('db:reset', 'deletes all, and makes the schema anew'), async (options: Agreement) =>
    (await load()).resetDatabase(options),
  );
}
