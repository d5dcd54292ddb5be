import type { DataSource, EntityManager, QueryFailedError } from 'typeorm';
import { DomainError, type ProblemCode } from '../../common/errors/domain-error';
import { isDataError } from '../database-errors';
import { noRows, ROW_TYPES, TABLES, type Column, type Counts, type Row, type RowType } from './tables';
import { onWholeTables, withoutLimits } from './transfer-database';

/** A row, and where it stands in its file. */
export interface NumberedRow {
  readonly line: number;
  readonly type: RowType;
  readonly row: Row;
}

const NOTHING_ELSE = { before: '', column: '', value: '', returning: '1', after: '' };
/** The conversations are locked first, as everywhere. They say whose their messages are, and count them. */
const FOR_MESSAGES = {
  before: `, owners as materialized (
    select id, user_id from conversations where id in (select "conversationId" from given) order by id for no key update
  )`,
  column: 'user_id, ',
  value: '(select user_id from owners where owners.id = given."conversationId"), ',
  returning: 'conversation_id',
  after: `, counted as (
    update conversations c set message_count = c.message_count + added.count
    from (select conversation_id, count(*)::int as count from inserted group by 1) added where c.id = added.conversation_id
  )`,
};

/** $1 rows as JSON. Those whose key is there stay as they are. Nothing refers to a leaf that is not there yet. */
function insertRows(type: RowType): string {
  const { name: table, key, columns } = TABLES[type];
  const { before, column, value, returning, after } = type === 'message' ? FOR_MESSAGES : NOTHING_ELSE;
  const inserted = columns.filter(({ name }) => name !== 'activeLeafId');
  const keys = columns.filter(({ name }) => key.some((part) => part === name));
  const names = (list: readonly Column[]) => list.map(({ inDatabase }) => inDatabase).join(', ');
  return `
  with given as (
    select * from json_to_recordset($1::json) as given (${inserted.map(asGiven).join(', ')})
  )${before}, inserted as (
    insert into ${table} (${column}${names(inserted)}) select ${value}${inserted.map(asStored).join(', ')} from given
    on conflict (${names(keys)}) do nothing returning ${returning}
  )${after}
  select count(*)::int as count from inserted`;
}

const asGiven = ({ name, type }: Column) => `"${name}" ${type === 'bytea' ? 'text' : type}`;
const asStored = ({ name, type }: Column) =>
  type === 'bytea' ? `decode(given."${name}", 'hex')` : `given."${name}"`;

/** $1 conversations as JSON. One that somebody goes on with keeps the branch that is in use there. */
const SET_LEAVES = `
  update conversations c set active_leaf_id = m.id
  from json_to_recordset($1::json) as given ("id" uuid, "activeLeafId" uuid)
  join messages m on m.id = given."activeLeafId" and m.conversation_id = given."id"
  where c.id = given."id" and c.active_leaf_id is null`;

/** Adds rows to a database, portion after portion. Each is written as a whole, or not at all. */
export class RowWriter {
  /** How many were not there yet. */
  readonly added = noRows();
  /** Its messages come in later portions, too. */
  private lastConversation: Row[] = [];

  constructor(private readonly database: DataSource) {}

  /** @throws DomainError – the database refuses a row; its line is named. */
  async write(rows: readonly NumberedRow[]): Promise<void> {
    const conversations = [...this.lastConversation, ...ofType('conversation', rows)];
    try {
      const added = await withoutLimits(this.database, 'READ COMMITTED', async (transaction) => {
        const counts = await insertAll(transaction, rows);
        await transaction.query(SET_LEAVES, [JSON.stringify(conversations)]);
        return counts;
      });
      for (const type of ROW_TYPES) this.added[type] += added[type];
    } catch (error) {
      throw isDataError(error) ? ((await this.findRefusal(rows)) ?? error) : error;
    }
    this.lastConversation = conversations.slice(-1);
  }

  /** One after the other, until one is refused; nothing of it stays. */
  private findRefusal(rows: readonly NumberedRow[]): Promise<DomainError | null> {
    let last: NumberedRow | null = null;
    return withoutLimits(this.database, 'READ COMMITTED', async (transaction) => {
      for (last of inOrder(rows)) await insertAll(transaction, [last]);
      throw new Error('Nothing is refused any more.');
    }).catch((error: unknown) =>
      last && isDataError(error) ? toRefusal(last, error as QueryFailedError) : null,
    );
  }
}

const ofType = (type: RowType, rows: readonly NumberedRow[]): Row[] =>
  rows.filter((given) => given.type === type).map(({ row }) => row);

const inOrder = (rows: readonly NumberedRow[]): NumberedRow[] =>
  ROW_TYPES.flatMap((type) => rows.filter((given) => given.type === type));

async function insertAll(transaction: EntityManager, rows: readonly NumberedRow[]): Promise<Counts> {
  const counts = noRows();
  for (const type of ROW_TYPES) {
    const given = ofType(type, rows);
    if (given.length === 0) continue;
    const [{ count }] = await transaction.query<[{ count: number }]>(insertRows(type), [
      JSON.stringify(given),
    ]);
    counts[type] = count;
  }
  return counts;
}

/** In words that hold nothing of the row but a username. */
function toRefusal({ line, type, row }: NumberedRow, cause: QueryFailedError): DomainError {
  const { code, constraint = code } = cause.driverError as Error & { code?: string; constraint?: string };
  const refusal = (problem: ProblemCode, what: string) =>
    new DomainError(problem, `Line ${line}: ${what}.`, { cause });
  return constraint === 'users_username'
    ? refusal('username_taken', `another account has the username ${row.username as string}`)
    : refusal('validation_failed', `the database refuses this ${type} (${constraint})`);
}

export const withRowWriter = <T>(url: string, work: (writer: RowWriter) => Promise<T>): Promise<T> =>
  onWholeTables(url, (database) => work(new RowWriter(database)));
