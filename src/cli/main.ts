import { Command, Option } from 'commander';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { createUser, setRole } from './users';

const role = () => new Option('--role <role>').choices(['user', 'admin']);
const username = () => new Option('--username <name>', '3 to 80 characters').makeOptionMandatory();

const program = new Command('parley').description(
  'Runs Parley from the command line, on the same configuration.',
);

program
  .command('users:create')
  .description('makes an account; its password comes from standard input')
  .addOption(username())
  .addOption(role().default('user'))
  .option('--display-name <name>')
  .action(async (options: { username: string; role: 'user' | 'admin'; displayName?: string }) => {
    const password = (await text(process.stdin)).replace(/\r?\n$/, '');
    report(`Made ${await createUser({ ...options, password })}.`);
  });

program
  .command('users:set-role')
  .description('makes an account an administrator, or an ordinary user again')
  .addOption(username())
  .addOption(role().makeOptionMandatory())
  .action(async (options: { username: string; role: 'user' | 'admin' }) => {
    await setRole(options.username, options.role);
    report(`${options.username} is now: ${options.role}.`);
  });

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (existsSync('.env')) process.loadEnvFile('.env'); // as the server does
program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
