import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { ApiKey } from '../../src/auth/api-keys/api-key.entity';
import { ApiKeyRepository } from '../../src/auth/api-keys/api-key.repository';
import { Session } from '../../src/auth/sessions/session.entity';
import { SessionRepository } from '../../src/auth/sessions/session.repository';
import { newId } from '../../src/common/ids';
import { dataSourceOptions } from '../../src/database/data-source-options';
import { KeptKey } from '../../src/idempotency/kept-key.entity';
import { KeptKeyRepository } from '../../src/idempotency/kept-key.repository';
import { cloneDatabase, type TestDatabase } from '../support/database';

const HOUR_MS = 3_600_000;
const LONG_AGO = `now() - interval '31 days'`;
const LATELY = `now() - interval '29 days'`;
const MANY = 100;

describe('What has ended', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let sessions: SessionRepository;
  let keys: ApiKeyRepository;
  let userId: string;

  beforeAll(async () => {
    database = await cloneDatabase();
    dataSource = await new DataSource(dataSourceOptions({ url: database.url, poolSize: 5 })).initialize();
    sessions = new SessionRepository(dataSource.getRepository(Session));
    keys = new ApiKeyRepository(dataSource.getRepository(ApiKey));
  });

  beforeEach(async () => {
    await database.query('delete from users');
    userId = newId();
    await database.query(`insert into users (id, kind, role) values ($1, 'guest', 'user')`, [userId]);
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const aSession = async (set?: string) => {
    const id = newId();
    await sessions.insert({
      ...{ id, userId, salt: randomBytes(16), epoch: 0, transport: 'body' },
      ...{ userAgent: null, ip: null, idleMs: HOUR_MS, maxMs: HOUR_MS },
    });
    if (set) await database.query(`update sessions set ${set} where id = $1`, [id]);
    return id;
  };
  const aKey = async (expiresAt: Date | null) => {
    const id = newId();
    const named = { id, userId, name: 'mine', prefix: 'pk_00000000' };
    await keys.insert({ ...named, hash: randomBytes(32), scopes: ['read'], expiresAt });
    return id;
  };
  const kept = async (table: 'sessions' | 'api_keys') =>
    (await database.query<{ id: string }>(`select id from ${table} order by id`)).map(({ id }) => id);

  describe('of sessions', () => {
    it.each([
      ['whose time was over long ago', `expires_at = ${LONG_AGO}`],
      ['that were ended long ago', `revoked_at = ${LONG_AGO}, revoked_reason = 'ended'`],
      [
        'that were ended long ago and whose time is over',
        `revoked_at = ${LONG_AGO}, expires_at = ${LONG_AGO}`,
      ],
    ])('is deleted where it is of those %s', async (_what, set) => {
      const living = await aSession();
      await aSession(set);
      await expect(sessions.deleteOld(MANY)).resolves.toBe(1);
      await expect(kept('sessions')).resolves.toEqual([living]);
    });

    it.each([
      ['live', 'rotation = 1'],
      ['have been out of use for a while', `idle_expires_at = ${LATELY}`],
      ['ran out lately', `expires_at = ${LATELY}`],
      ['were ended lately', `revoked_at = ${LATELY}, revoked_reason = 'reuse'`],
      ['began long ago', `created_at = ${LONG_AGO}, last_used_at = ${LONG_AGO}`],
    ])('is kept where it is of those that %s', async (_what, set) => {
      const id = await aSession(set);
      await expect(sessions.deleteOld(MANY)).resolves.toBe(0);
      await expect(kept('sessions')).resolves.toEqual([id]);
    });

    it.each([
      ['for the want of time', [`expires_at = ${LONG_AGO}`]],
      ['by somebody', [`revoked_at = ${LONG_AGO}`]],
      ['in either way', [`expires_at = ${LONG_AGO}`, `revoked_at = ${LONG_AGO}`]],
    ])('%s goes no more at a time than is asked for, until none is left', async (_how, ways) => {
      const living = await aSession();
      for (let n = 0; n < 6; n++) await aSession(ways[n % ways.length]);
      await expect(sessions.deleteOld(4)).resolves.toBe(4);
      await expect(sessions.deleteOld(4)).resolves.toBe(2);
      await expect(sessions.deleteOld(4)).resolves.toBe(0);
      await expect(kept('sessions')).resolves.toEqual([living]);
    });
  });

  describe('of keys', () => {
    const inAnHour = () => new Date(Date.now() + HOUR_MS);
    const anHourAgo = () => new Date(Date.now() - HOUR_MS);

    it('is deleted, and the keys that live are kept', async () => {
      const living = [await aKey(null), await aKey(inAnHour())];
      await aKey(anHourAgo());
      await expect(keys.deleteExpired(MANY)).resolves.toBe(1);
      await expect(kept('api_keys')).resolves.toEqual(living.sort());
    });

    it('goes no more at a time than is asked for, until none is left', async () => {
      const living = await aKey(null);
      for (let n = 0; n < 6; n++) await aKey(anHourAgo());
      await expect(keys.deleteExpired(4)).resolves.toBe(4);
      await expect(keys.deleteExpired(4)).resolves.toBe(2);
      await expect(keys.deleteExpired(4)).resolves.toBe(0);
      await expect(kept('api_keys')).resolves.toEqual([living]);
    });
  });

  it('of keys of requests goes no more at a time than is asked for, until none is left', async () => {
    const requestKeys = new KeptKeyRepository(dataSource.getRepository(KeptKey));
    await database.query(
      `insert into idempotency_keys (user_id, key, request_hash, made_id, expires_at)
       select $1, n, '', $1, now() + make_interval(secs => case when n = 1 then 60 else -1 end) from generate_series(1, 7) n`,
      [userId],
    );
    await expect(requestKeys.deleteExpired(4)).resolves.toBe(4);
    await expect(requestKeys.deleteExpired(4)).resolves.toBe(2);
    await expect(requestKeys.deleteExpired(4)).resolves.toBe(0);
    await expect(requestKeys.find(userId, '1')).resolves.toMatchObject({ madeId: userId });
  });
});
