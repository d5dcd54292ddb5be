// The table of values in the chart's README, made of values.yaml and its comments.
import { format, resolveConfig } from 'prettier';
import { isMap, parseDocument } from 'yaml';

const [START, END] = ['<!-- values: written by npm run check:chart -- --write -->', '<!-- /values -->'];

/** The README with the table as it has to be. @throws Error where a value has no comment, or the README no place for the table. */
export async function withValuesTable(readme, values) {
  const [start, end] = [readme.indexOf(START), readme.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`The README lacks ${START} or ${END}.`);
  const rows = [...rowsOf(parseDocument(values).contents, [])];
  const table = ['| Value | Default | What it does |', '| --- | --- | --- |', ...rows].join('\n');
  const text = `${readme.slice(0, start + START.length)}\n\n${table}\n\n${readme.slice(end)}`;
  return format(text, { ...(await resolveConfig('README.md')), parser: 'markdown' });
}

/** What stands at the head of the file is about no value. */
const lastParagraph = (comment) =>
  comment
    .split(/\n\s*\n/)
    .at(-1)
    .trim()
    .replace(/\s+/g, ' ');

/** A value with a comment is a row, whatever is in it; one without is a group. */
function* rowsOf(map, path) {
  for (const [n, { key, value }] of map.items.entries()) {
    const name = [...path, key.value];
    const comment = key.commentBefore ?? (n === 0 && path.length > 0 ? map.commentBefore : undefined);
    if (comment) {
      const text = lastParagraph(comment).replaceAll('|', '\\|').replaceAll('*', '\\*');
      yield `| \`${name.join('.')}\` | \`${JSON.stringify(value.toJSON())}\` | ${text} |`;
    } else if (isMap(value) && value.items.length > 0) yield* rowsOf(value, name);
    else throw new Error(`${name.join('.')} has no comment in values.yaml.`);
  }
}
