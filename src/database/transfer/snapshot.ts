import type { EntityManager } from 'typeorm';
import { ROW_TYPES, TABLES, type Row, type RowType } from './tables';
import { onWholeTables, withoutLimits } from './transfer-database';

/** Rows in memory at a time: one can be as large as REPLY_MAX_CHARS allows. */
const AT_ONCE = 50;

/** A column, in a form that does not depend on settings of the database. */
const READ: Readonly<Record<string, (column: string) => string>> = {
  bigint: (column) => `${column}::float8`, // pg gives a bigint as text; tokens stay below 2^53
  date: (column) => `to_char(${column}, 'YYYY-MM-DD')`,
  bytea: (column) => `encode(${column}, 'hex')`,
};

/** Nobody's but the account's, $1, or everybody's where that is null; of those who are being erased nothing. */
const OWNED = 'u.erased_at is null and ($1::uuid is null or u.id = $1)';

/** A row that others refer to comes before them: a parent has a smaller depth, though clocks of replicas may give it a greater id. */
const SOURCES: Readonly<Record<RowType, { readonly from: string; readonly order: string }>> = {
  user: { from: 'users t join users u on u.id = t.id', order: 't.id' },
  apiKey: { from: 'api_keys t join users u on u.id = t.user_id', order: 't.id' },
  usageDay: {
    from: 'usage_days t join users u on u.id = t.user_id',
    order: 't.user_id, t.day, t.model collate "C"', // the same order whatever the database's own collation
  },
  conversation: { from: 'conversations t join users u on u.id = t.user_id', order: 't.id' },
  message: {
    from: 'messages t join conversations c on c.id = t.conversation_id join users u on u.id = c.user_id',
    order: 't.conversation_id, t.depth, t.id',
  },
};

/** The text so far of a reply that is being written. */
const CONTENT = `
  case when t.status = 'pending'
    then coalesce((select string_agg(text, '' order by end16) from reply_chunks where reply_id = t.id), '')
    else t.content end`;

function selectRows(type: RowType): string {
  const columns = TABLES[type].columns.map((column) => {
    const stored = `t.${column.inDatabase}`;
    const read = READ[column.type]?.(stored) ?? stored;
    return `${column.name === 'content' ? CONTENT : read} as "${column.name}"`;
  });
  const { from, order } = SOURCES[type];
  return `select ${columns.join(', ')} from ${from} where ${OWNED} order by ${order}`;
}

/** The database as it was at one moment. */
export class Snapshot {
  constructor(private readonly transaction: EntityManager) {}

  async findAccount(username: string): Promise<string | null> {
    const sql = 'select id from users where username = $1 and erased_at is null';
    const [user] = await this.transaction.query<{ id: string }[]>(sql, [username]);
    return user?.id ?? null;
  }

  async count(account: string | null): Promise<number> {
    const counts = ROW_TYPES.map((type) => `(select count(*) from ${SOURCES[type].from} where ${OWNED})`);
    const sql = `select (${counts.join(' + ')})::float8 as count`;
    const [{ count }] = await this.transaction.query<[{ count: number }]>(sql, [account]);
    return count;
  }

  /** Of one account, or of all where that is null; some at a time, by a cursor, which sorts once and not for each portion. */
  async *rows(type: RowType, account: string | null): AsyncGenerator<Row> {
    const cursor = `export_${TABLES[type].name}`;
    await this.transaction.query(`declare ${cursor} no scroll cursor for ${selectRows(type)}`, [account]);
    let rows: Row[];
    do {
      rows = await this.transaction.query<Row[]>(`fetch ${AT_ONCE} from ${cursor}`);
      yield* rows;
    } while (rows.length > 0);
    await this.transaction.query(`close ${cursor}`);
  }
}

/** Work on one moment's rows, whatever is written meanwhile. */
export const inSnapshot = <T>(url: string, work: (snapshot: Snapshot) => Promise<T>): Promise<T> =>
  onWholeTables(url, (database) =>
    withoutLimits(database, 'REPEATABLE READ', async (transaction) => {
      await transaction.query('set transaction read only');
      return work(new Snapshot(transaction));
    }),
  );
