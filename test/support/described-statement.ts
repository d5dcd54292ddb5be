import { Client, type Connection, type FieldDef, type Submittable } from 'pg';

/** What the database makes of a statement without running it: its types, by name, in order. */
export interface Described {
  readonly parameters: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** What pg's own typings have wrong of it. */
interface Wire {
  once(event: 'parameterDescription', listener: (message: { dataTypeIDs: number[] }) => void): void;
  parse(statement: { name: string; text: string; types: number[] }, more: boolean): void;
  describe(what: { type: 'S'; name: string }, more: boolean): void;
  sync(): void;
}

/** Has a statement parsed and described, as the driver sends it: parameters have no types but those that Postgres finds. */
class Description implements Submittable {
  private types: readonly number[] = [];
  private fields: readonly FieldDef[] = [];

  constructor(
    private readonly text: string,
    private readonly done: (
      error: Error | null,
      types: readonly number[],
      fields: readonly FieldDef[],
    ) => void,
  ) {}

  submit(connection: Connection): void {
    const wire = connection as unknown as Wire;
    wire.once('parameterDescription', ({ dataTypeIDs }) => {
      this.types = dataTypeIDs;
    });
    wire.parse({ name: '', text: this.text, types: [] }, true);
    wire.describe({ type: 'S', name: '' }, true);
    wire.sync();
  }

  handleRowDescription({ fields }: { fields: FieldDef[] }): void {
    this.fields = fields;
  }

  handleReadyForQuery(): void {
    this.done(null, this.types, this.fields);
  }

  handleError(error: Error): void {
    this.done(error, [], []);
  }
}

/** Describes statements in a database, over one connection. */
export async function describeStatements(
  url: string,
  texts: readonly string[],
): Promise<(Described | { readonly refusal: string })[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const names = await namesOfTypes(client);
    const results = [];
    for (const text of texts) results.push(await describeOne(client, text, names));
    return results;
  } finally {
    await client.end();
  }
}

async function namesOfTypes(client: Client): Promise<(oid: number) => string> {
  const { rows } = await client.query<{ oid: number; name: string }>(
    'select oid, format_type(oid, null) as name from pg_type',
  );
  const names = new Map(rows.map(({ oid, name }) => [oid, name]));
  return (oid) => names.get(oid) ?? String(oid);
}

function describeOne(
  client: Client,
  text: string,
  nameOf: (oid: number) => string,
): Promise<Described | { refusal: string }> {
  return new Promise((resolve) => {
    const description = new Description(text, (error, types, fields) => {
      const columns = fields.map(({ name, dataTypeID }) => ({ name, type: nameOf(dataTypeID) }));
      resolve(error ? { refusal: error.message } : { parameters: types.map(nameOf), columns });
    });
    client.query(description);
  });
}
