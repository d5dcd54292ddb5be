export interface Table {
  readonly name: string;
  /** Of its primary key, as in an export. */
  readonly key: readonly string[];
  readonly columns: readonly Column[];
}

export interface Column {
  /** In an export: `lastSeenAt` for `last_seen_at`. */
  readonly name: string;
  readonly inDatabase: string;
  readonly type: string;
  readonly mayBeNull: boolean;
}

export type Row = Readonly<Record<string, unknown>>;

/** From names and types; with `?` it may be null. */
const columns = (list: string): Column[] =>
  list.split(',').map((column) => {
    const [name, type] = column.trim().split(' ') as [string, string];
    const inDatabase = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return { name, inDatabase, type: type.replace('?', ''), mayBeNull: type.endsWith('?') };
  });

/**
 * What an export holds, by the type of its lines: rows come after those that they refer to. Left out is what ends with the server or
 * belongs to the database that it is in, such as sessions and the security log; and what an import works out itself: whose a message
 * is, where it lies in its tree, how many a conversation has. `test/integration/export.spec.ts` names every column that is left out.
 */
export const TABLES = {
  user: {
    name: 'users',
    key: ['id'],
    columns: columns(`id uuid, kind text, role text, username text?, displayName text?, passwordHash text?,
      defaultModel text?, disabledAt timestamptz?, quotaTokens bigint?, lastSeenAt timestamptz, createdAt timestamptz`),
  },
  apiKey: {
    name: 'api_keys',
    key: ['id'],
    columns: columns(`id uuid, userId uuid, name text, prefix text, hash bytea, scopes text[],
      createdAt timestamptz, lastUsedAt timestamptz?, expiresAt timestamptz?`),
  },
  usageDay: {
    name: 'usage_days',
    key: ['userId', 'day', 'model'],
    columns: columns(
      `userId uuid, day date, model text, replies int, promptTokens bigint, completionTokens bigint`,
    ),
  },
  conversation: {
    name: 'conversations',
    key: ['id'],
    columns:
      columns(`id uuid, userId uuid, kind text, title text?, model text?, systemPrompt text?, pinned boolean,
      archived boolean, metadata jsonb, activeLeafId uuid?, lastMessageAt timestamptz?, lastActivityAt timestamptz,
      createdAt timestamptz, updatedAt timestamptz`),
  },
  message: {
    name: 'messages',
    key: ['id'],
    columns:
      columns(`id uuid, conversationId uuid, parentId uuid?, role text, status text, content text, tokens int,
      model text?, finishReason text?, promptTokens int?, completionTokens int?, usageEstimated boolean, context jsonb?,
      errorCode text?, errorDetail text?, createdAt timestamptz, completedAt timestamptz?`),
  },
} as const satisfies Record<string, Table>;

export type RowType = keyof typeof TABLES;
export type Counts = Record<RowType, number>;

export const ROW_TYPES = Object.keys(TABLES) as RowType[];

export const isRowType = (type: unknown): type is RowType => ROW_TYPES.some((known) => known === type);

export const noRows = (): Counts => Object.fromEntries(ROW_TYPES.map((type) => [type, 0])) as Counts;
