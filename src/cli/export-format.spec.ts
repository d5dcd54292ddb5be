import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { newId } from '../common/ids';
import { noRows, TABLES } from '../database/transfer/tables';
import { aConversationRow, aMessageRow, aUserRow } from '../../test/factories/export-row';
import { endLine, HEADER, readExport, rowLine } from './export-format';

const allOf = (items: AsyncIterable<unknown>): Promise<unknown[]> => Readable.from(items).toArray();

const SECRET = 'canary';

const readAll = (...lines: readonly string[]) => allOf(readExport(toBytes(lines.join(''))));
const refusal = (...lines: readonly string[]) =>
  readAll(HEADER, ...lines).then(
    () => 'none',
    (error: unknown) => (error as Error).message,
  );

async function* toBytes(text: string): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield Buffer.from(text);
}

describe('The version of an export', () => {
  it('stands for these columns: others are another version', () => {
    const digest = createHash('sha256').update(JSON.stringify(TABLES)).digest('hex');
    expect([HEADER, digest]).toEqual([
      '{"type":"parley-export","version":1}\n',
      'be09c83cadcbebc865456fbeba1d3851c4b878980e42723cc02827b1aeb0ec8a',
    ]);
  });
});

describe('An export that is read', () => {
  it('gives its rows with the numbers of their lines', async () => {
    const conversation = aConversationRow({ metadata: { '10': 'ten', place: 'Oslo' } });
    const [user, message] = [aUserRow(), aMessageRow({ conversationId: conversation.id })];
    const lines = [rowLine('user', user), rowLine('conversation', conversation), rowLine('message', message)];
    const end = endLine({ ...noRows(), user: 1, conversation: 1, message: 1 });
    await expect(readAll(HEADER, ...lines, end)).resolves.toEqual([
      { line: 2, type: 'user', row: user },
      { line: 3, type: 'conversation', row: conversation },
      { line: 4, type: 'message', row: message },
    ]);
  });

  it.each([
    ['nothing', ''],
    ['a header alone', HEADER],
    ['half a line', HEADER + rowLine('user', aUserRow()).slice(0, 40)],
    ['all but its end', HEADER + rowLine('user', aUserRow())],
  ])('is refused where it was cut off: %s', async (_what, text) => {
    await expect(readAll(text)).rejects.toThrow(/cut off after line|no JSON object/);
  });

  it('is refused where a line of its middle is gone', async () => {
    await expect(refusal(rowLine('user', aUserRow()), endLine({ ...noRows(), user: 2 }))).resolves.toBe(
      'Line 3: the export is not whole: it counts other rows than there are.',
    );
  });

  it('is refused where something comes after its end', async () => {
    await expect(refusal(endLine(noRows()), rowLine('user', aUserRow()))).resolves.toMatch(
      /^Line 3: .*ended/,
    );
  });

  it.each([
    ['another file', '{"type":"user"}\n', /^Line 1: .*no export of Parley/],
    ['a later version', HEADER.replace('1', '2'), /^Line 1: .*version 1 only/],
  ])('is refused where it is %s', async (_what, header, expected) => {
    await expect(readAll(header)).rejects.toThrow(expected);
  });

  it.each([
    ['no JSON', `{"type":"user","${SECRET}`, /no JSON object/],
    ['no object', `"${SECRET}"`, /no JSON object/],
    ['a type that there is not', `{"type":"${SECRET}"}`, /no line of its type/],
    ['a type that every object has', '{"type":"constructor"}', /no line of its type/],
    [
      'a member too many',
      rowLine('user', aUserRow({ [SECRET]: 1 })),
      /does not know all members of this user/,
    ],
    ['a member too few', rowLine('user', { id: newId() }), /kind of this user is missing/],
    [
      'null where something has to be',
      rowLine('user', aUserRow({ createdAt: null })),
      /createdAt of this user/,
    ],
    ['a time that Postgres would work out', rowLine('user', aUserRow({ createdAt: 'now' })), /createdAt/],
    ['an id that is none', rowLine('user', aUserRow({ id: SECRET })), /id of this user/],
    ['a number as text', rowLine('user', aUserRow({ quotaTokens: '5' })), /quotaTokens of this user/],
    ['a message that is nowhere', rowLine('message', aMessageRow()), /does not follow its conversation/],
    ['a reply that would never end', rowLine('message', aMessageRow({ status: 'pending' })), /has not ended/],
  ])('is refused for a line with %s, which is named without what is in it', async (_what, line, expected) => {
    const said = await refusal(rowLine('user', aUserRow()), line.trimEnd() + '\n');
    expect(said).toMatch(/^Line 3: /);
    expect(said).toMatch(expected);
    expect(said).not.toContain(SECRET);
  });

  it('is refused where a message stands in another conversation than it names', async () => {
    const [first, second] = [aConversationRow(), aConversationRow()];
    const lines = [rowLine('conversation', first), rowLine('conversation', second)];
    const message = rowLine('message', aMessageRow({ conversationId: first.id }));
    await expect(refusal(...lines, message)).resolves.toMatch(/^Line 4: .*does not follow/);
  });
});
