import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { confirm } from './confirm';
import { UsageError } from './outcome';

const WHAT = 'This deletes everything.';

/** Somebody who types this line; null: who ends the input. */
function terminalOf(line: string | null) {
  const [input, output] = [Object.assign(new PassThrough(), { isTTY: true }), new PassThrough()];
  if (line === null) input.end();
  else input.write(`${line}\n`);
  return { input, output };
}

describe('What cannot be undone', () => {
  it('is done when the name of the database is typed', async () => {
    const terminal = terminalOf('parley');
    await expect(confirm(WHAT, 'parley', undefined, terminal)).resolves.toBeUndefined();
    terminal.output.end();
    await expect(text(terminal.output)).resolves.toBe(
      `${WHAT}\nType the name of the database (parley) to go on: `,
    );
  });

  it.each([
    ['another name', 'production'],
    ['yes', 'y'],
    ['nothing', ''],
    ['the end of the input', null],
  ])('is not done for %s', async (_what, line) => {
    await expect(confirm(WHAT, 'parley', undefined, terminalOf(line))).rejects.toThrow('Nothing was done.');
  });

  it('is not done, as wrong usage, where there is no terminal', async () => {
    const { input, output } = terminalOf('parley');
    const nobody = { input: Object.assign(input, { isTTY: false }), output };
    await expect(confirm(WHAT, 'parley', undefined, nobody)).rejects.toThrow(UsageError);
  });

  it('is done unasked when it is agreed to beforehand', async () => {
    const { input, output } = terminalOf('production');
    await expect(confirm(WHAT, 'parley', true, { input, output })).resolves.toBeUndefined();
    expect(output.readableLength).toBe(0);
  });
});
