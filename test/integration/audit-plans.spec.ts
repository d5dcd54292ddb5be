import { DataSource } from 'typeorm';
import { PostgresQueryRunner } from 'typeorm/driver/postgres/PostgresQueryRunner';
import { AuditEvent } from '../../src/audit/audit-event.entity';
import { AuditRepository } from '../../src/audit/audit.repository';
import { dataSourceOptions } from '../../src/database/data-source-options';
import { cloneDatabase, type TestDatabase } from '../support/database';

const LINES = 20_000;
const RARE = 5;

interface Plan {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];
const rowsRead = (plan: Plan) =>
  (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'];

describe('A page of a security log of twenty thousand lines', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let events: AuditRepository;

  beforeAll(async () => {
    database = await cloneDatabase();
    dataSource = await new DataSource(dataSourceOptions({ url: database.url, poolSize: 2 })).initialize();
    events = new AuditRepository(dataSource.getRepository(AuditEvent));
    const some = `insert into audit_events (id, action, detail) select gen_random_uuid(), $1, '{}' from generate_series(1, $2::int)`;
    await database.query(some, ['role.changed', RARE]);
    await database.query(some, ['sign_in.failed', LINES]);
    await database.query('analyze audit_events');
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('of a rare action reads its lines alone, by the index', async () => {
    const spy = jest.spyOn(PostgresQueryRunner.prototype, 'query');
    const page = await events.page({ action: 'role.changed' }, { limit: 20, after: null });
    const [sql, parameters] = spy.mock.calls[0]!;
    spy.mockRestore();
    expect(page.data).toHaveLength(RARE);
    const [row] = await database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (analyze, format json) ${sql}`,
      parameters as unknown[],
    );
    for (const node of flat(row!['QUERY PLAN'][0].Plan)) expect(rowsRead(node)).toBeLessThanOrEqual(RARE);
  });
});
