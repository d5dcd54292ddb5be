import { Option, type Command } from 'commander';
import { text } from 'node:stream/consumers';
import { answers } from './outcome';

const load = () => import('./users.js');

interface Named {
  readonly username: string;
}

interface WithRole extends Named {
  readonly role: 'user' | 'admin';
}

const role = () => new Option('--role <role>').choices(['user', 'admin']);
export const username = () => new Option('--username <name>', '3 to 80 characters').makeOptionMandatory();

export function addUserCommands(program: Command): void {
  const add = (name: string, description: string) =>
    program.command(name).description(description).addOption(username());

  answers(
    add('users:create', 'makes an account; its password comes from standard input')
      .addOption(role().default('user'))
      .option('--display-name <name>'),
    async (options: WithRole & { readonly displayName?: string }) =>
      (await load()).createUser({ ...options, password: await readPassword() }),
  );
  answers(
    add('users:set-role', 'makes an account an administrator, or an ordinary user again').addOption(
      role().makeOptionMandatory(),
    ),
    async (options: WithRole) => (await load()).setRole(options.username, options.role),
  );
  answers(
    add('users:set-password', 'gives an account a password, from standard input, and ends its sessions'),
    async (options: Named) => (await load()).setPassword(options.username, await readPassword()),
  );
  answers(
    add('users:disable', 'keeps an account out, and ends its sessions').option(
      '--enable',
      'lets it in again',
    ),
    async ({ username, enable }: Named & { readonly enable?: boolean }) =>
      (await load()).setDisabled(username, !enable),
  );
}

/** Never an argument: everybody on the machine sees those. */
const readPassword = async (): Promise<string> => (await text(process.stdin)).replace(/\r?\n$/, '');
