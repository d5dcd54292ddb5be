import type { Command } from 'commander';
import { answers } from './outcome';

const load = () => import('../config/shown-config.js');

export function addConfigCommands(program: Command): void {
  const add = (name: string, description: string) => program.command(name).description(description);

  answers(
    add('config:check', 'says whether the configuration is valid, and which names are not'),
    async () => {
      (await import('./checked-config.js')).checkConfig(process.env);
      return { said: 'The configuration is valid.', data: { valid: true } };
    },
  );
  answers(add('config:print', 'shows the configuration in effect, without secrets'), async () => {
    const shown = (await load()).showConfig(process.env);
    const lines = Object.entries(shown).map(
      ([name, value]) => `${value === null ? '# ' : ''}${name}=${value ?? ''}`,
    );
    return { said: lines.join('\n'), data: shown };
  });
  answers(
    add('doctor', 'looks at the database, the models and the clock: what is wrong, and what to do'),
    async () => (await import('./doctor.js')).examine(),
  );
}
