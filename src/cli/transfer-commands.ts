import type { Command } from 'commander';
import type { ExportOptions } from './export';
import { answers } from './outcome';

export function addTransferCommands(program: Command): void {
  answers(
    program
      .command('export')
      .description('writes what is stored, of all accounts or of one, as JSON lines')
      .option('--output <file>', 'a new file; else standard output')
      .option('--username <name>', 'of this account alone'),
    async (options: ExportOptions) => (await import('./export.js')).exportRows(options),
  );
  answers(
    program
      .command('import')
      .description('adds what an export holds')
      .argument('<file>', 'what export has written; - for standard input'),
    async (file: string) => (await import('./import.js')).importRows(file),
  );
}
