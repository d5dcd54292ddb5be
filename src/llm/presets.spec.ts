import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { presetAt, PRESETS } from './presets';

const DOCUMENTATION = readFileSync(join(__dirname, '..', '..', 'docs', 'models.md'), 'utf8');
const ROWS = Object.entries(PRESETS).flatMap(([provider, { models }]) =>
  Object.entries(models).map(([name, size]) => ({ id: `${provider}/${name}`, ...size })),
);

describe('The models that are known', () => {
  it('stand in the documentation with their sizes, all of them and no others, in their order', () => {
    const documented = [...DOCUMENTATION.matchAll(/^\| `(\w+\/[^`]+)` +\| +([\d,]+) +\| +([\d,]+) +\|$/gm)];
    const toNumber = (text = '') => Number(text.replaceAll(',', ''));
    const rows = documented.map(([, id, context, output]) => ({
      id,
      contextTokens: toNumber(context),
      maxOutputTokens: toNumber(output),
    }));
    expect(rows).toEqual(ROWS);
  });

  it.each(ROWS)(
    'leave room for a question beside the longest answer of $id',
    ({ contextTokens, maxOutputTokens }) => {
      expect(maxOutputTokens).toBeLessThan(contextTokens);
    },
  );

  it.each([
    ['https://api.openai.com/v1', PRESETS.openai],
    ['https://eu.api.openai.com/v1', PRESETS.openai],
    ['https://api.openai.com.example.com/v1', null],
    ['https://notapi.openai.com/v1', null],
    ['http://localhost:8000/v1', null],
  ])('are looked up by the host of %s', (address, preset) => {
    expect(presetAt(address)).toBe(preset);
  });
});
