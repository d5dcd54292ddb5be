import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Session } from '../../src/auth/sessions/session.entity';
import { SessionRepository } from '../../src/auth/sessions/session.repository';
import { WsTicket } from '../../src/auth/tickets/ws-ticket.entity';
import { WsTicketRepository } from '../../src/auth/tickets/ws-ticket.repository';
import { newId } from '../../src/common/ids';
import { dataSourceOptions } from '../../src/database/data-source-options';
import { cloneDatabase, type TestDatabase } from '../support/database';

const HOUR_MS = 3_600_000;

describe('Tickets', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let tickets: WsTicketRepository;
  let session: { sessionId: string; userId: string };

  beforeAll(async () => {
    database = await cloneDatabase();
    dataSource = await new DataSource(dataSourceOptions({ url: database.url, poolSize: 20 })).initialize();
    tickets = new WsTicketRepository(dataSource.getRepository(WsTicket));
  });

  beforeEach(async () => {
    session = await signIn();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const signIn = async () => {
    const [userId, sessionId] = [newId(), newId()];
    await database.query(`insert into users (id, kind, role) values ($1, 'guest', 'user')`, [userId]);
    await new SessionRepository(dataSource.getRepository(Session)).insert({
      ...{ id: sessionId, userId, salt: randomBytes(16), epoch: 0, transport: 'body' },
      ...{ userAgent: null, ip: null, idleMs: HOUR_MS, maxMs: HOUR_MS },
    });
    return { sessionId, userId };
  };
  const issue = async (seconds = 30) => {
    const hash = randomBytes(32);
    await tickets.insert(hash, session.sessionId, seconds);
    return hash;
  };
  const expire = (hash: Buffer) =>
    database.query('update ws_tickets set expires_at = now() where hash = $1', [hash]);
  const isKept = async (hash: Buffer) =>
    (await database.query('select from ws_tickets where hash = $1', [hash])).length === 1;

  it('give their session once', async () => {
    const hash = await issue();
    await expect(tickets.take(hash)).resolves.toEqual(session);
    await expect(tickets.take(hash)).resolves.toBeNull();
  });

  it('give each its own session', async () => {
    const [first, firstSession] = [await issue(), session];
    session = await signIn();
    const second = await issue();
    await expect(tickets.take(first)).resolves.toEqual(firstSession);
    await expect(tickets.take(second)).resolves.toEqual(session);
  });

  it('give it to one of twenty that ask at once', async () => {
    for (let round = 0; round < 5; round++) {
      const hash = await issue();
      const taken = await Promise.all(Array.from({ length: 20 }, () => tickets.take(hash)));
      expect(taken.filter((found) => found !== null)).toEqual([session]);
    }
  });

  it('live as long as they were made for', async () => {
    const hash = await issue(30);
    const [row] = await database.query<{ secondsLeft: number }>(
      `select extract(epoch from expires_at - now())::float8 as "secondsLeft" from ws_tickets where hash = $1`,
      [hash],
    );
    expect(row!.secondsLeft).toBeGreaterThan(20);
    expect(row!.secondsLeft).toBeLessThanOrEqual(30);
  });

  it('give nothing when their time is over', async () => {
    const hash = await issue();
    await expire(hash);
    await expect(tickets.take(hash)).resolves.toBeNull();
  });

  it('give nothing when nobody has made them', async () => {
    await issue();
    await expect(tickets.take(randomBytes(32))).resolves.toBeNull();
  });

  it('go with their session, and with its account', async () => {
    const ofSession = await issue();
    await database.query('delete from sessions where id = $1', [session.sessionId]);
    session = await signIn();
    const ofAccount = await issue();
    await database.query('delete from users where id = $1', [session.userId]);
    for (const hash of [ofSession, ofAccount]) {
      await expect(tickets.take(hash)).resolves.toBeNull();
      await expect(isKept(hash)).resolves.toBe(false);
    }
  });

  it('are cleared away when they have expired, and only then', async () => {
    const [living, expired] = [await issue(), await issue()];
    await expire(expired);
    await tickets.deleteExpired(100);
    await expect(isKept(expired)).resolves.toBe(false);
    await expect(tickets.take(living)).resolves.toEqual(session);
  });
});
