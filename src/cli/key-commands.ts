import { Option, type Command } from 'commander';
import { answers } from './outcome';
import { username } from './user-commands';

interface KeyOptions {
  readonly username: string;
  readonly name: string;
  readonly scopes: string;
  readonly expires?: string;
}

export function addKeyCommands(program: Command): void {
  answers(
    program
      .command('keys:create')
      .description('makes an API key for an account, and shows it this once')
      .addOption(username())
      .addOption(new Option('--name <name>', 'what the key is for').makeOptionMandatory())
      .addOption(new Option('--scopes <scopes>', 'chat, read, admin, with commas').makeOptionMandatory())
      .option('--expires <time>', 'RFC 3339, such as 2030-01-31T00:00:00Z; else never'),
    async (options: KeyOptions) => (await import('./keys.js')).createKey(options),
  );
}
