import { Command, CommanderError } from 'commander';
import { existsSync } from 'node:fs';
import { endOnSignals } from '../early-end';
import { addConfigCommands } from './config-commands';
import { addDatabaseCommands } from './database-commands';
import { addKeyCommands } from './key-commands';
import { reportError, UsageError } from './outcome';
import { addTransferCommands } from './transfer-commands';
import { addUserCommands } from './user-commands';

/** Commands load what they work with when they run, so that the light ones are quick: Nest takes a second. */
async function main(words: readonly string[]): Promise<void> {
  const program = new Command('parley')
    .description('Runs Parley from the command line, on the same configuration.')
    .exitOverride() // before the commands, which take these two over
    .configureOutput({ writeErr: () => undefined });
  addDatabaseCommands(program);
  addUserCommands(program);
  addKeyCommands(program);
  addTransferCommands(program);
  addConfigCommands(program);
  if (words.length === 0) return program.outputHelp();
  await program.parseAsync(words, { from: 'user' });
}

function refuse(error: unknown): void {
  if (error instanceof CommanderError && error.exitCode === 0) return; // help
  const said =
    error instanceof CommanderError ? new UsageError(error.message.replace(/^error: /, '')) : error;
  reportError(said, process.argv.includes('--json'));
}

endOnSignals();
if (existsSync('.env')) process.loadEnvFile('.env'); // as the server does
main(process.argv.slice(2)).catch(refuse);
