import { FakeRateLimitRepository } from '../../../test/fakes/fake-rate-limit.repository';
import { standIn, type Public } from '../../../test/support/stand-in';
import type { AuditService } from '../../audit/audit.service';
import { DomainError } from '../../common/errors/domain-error';
import type { User } from '../../users/user.entity';
import type { UsersService } from '../../users/users.service';
import type { SessionsService } from '../sessions/sessions.service';
import { CredentialsService } from './credentials.service';
import type { PasswordHasher } from './password-hasher';

const SOURCE = { ip: '192.0.2.1', userAgent: null };
const LIMIT = 3;

const unasked = (): never => {
  throw new Error('Nobody asks for this here.');
};

const ANA: User = {
  ...{ id: '0190b8a0-0000-7000-8000-000000000001', kind: 'member', role: 'user', username: 'ana' },
  ...{ displayName: null, passwordHash: 'a hash', defaultModel: null, quotaTokens: null },
  ...{ sessionEpoch: 0, lastSeenAt: new Date(), createdAt: new Date(), disabledAt: null, erasedAt: null },
};

/** The one account that there is. */
const accounts: Public<UsersService> = {
  findByUsername: (username) => Promise.resolve(username === ANA.username ? ANA : null),
  own: () => Promise.resolve(ANA),
  ...{ find: unasked, get: unasked, list: unasked, createGuest: unasked, createMember: unasked },
  ...{ upgradeGuest: unasked, change: unasked, rehash: unasked, administer: unasked, endSessions: unasked },
  ...{ beginErasure: unasked, beginErasureOfIdleGuests: unasked, unfinishedErasures: unasked },
  finishErasure: unasked,
};

const nowhereKnown: Public<SessionsService> = {
  knows: () => Promise.resolve(false),
  ...{ open: unasked, read: unasked, refresh: unasked, list: unasked, end: unasked, leave: unasked },
  ...{ endOthers: unasked, deleteOld: unasked },
};

/** With a hasher that answers every comparison so. */
function credentialsThat(matches: PasswordHasher['matches']) {
  const counters = new FakeRateLimitRepository();
  const recorded: string[] = [];
  const hasher: Public<PasswordHasher> = { matches, hash: unasked, isOutdated: () => false };
  const log: Public<AuditService> = {
    record: ({ action }) => Promise.resolve(void recorded.push(action)),
    ...{ list: unasked, forget: unasked },
  };
  const credentials = new CredentialsService(
    standIn<UsersService>(accounts),
    standIn<PasswordHasher>(hasher),
    standIn<SessionsService>(nowhereKnown),
    counters.attempts(LIMIT),
    standIn<AuditService>(log),
  );
  return { credentials, counters, recorded };
}

const overloaded = () => Promise.reject(new DomainError('overloaded', 'Too many people are signing in.'));

describe('A password that could not be looked at for the want of time', () => {
  it.each(['ana', 'nobody-here'])('does not count as a failure of %s', async (username) => {
    const { credentials, counters, recorded } = credentialsThat(overloaded);
    for (let n = 0; n <= LIMIT; n++)
      await expect(credentials.verify(username, 'wrong', SOURCE)).rejects.toMatchObject({
        code: 'overloaded',
      });
    expect(counters.all).toEqual([0]);
    expect(recorded).toEqual([]);
  });

  it('does not count as a failure of who is signed in', async () => {
    const { credentials, counters, recorded } = credentialsThat(overloaded);
    for (let n = 0; n <= LIMIT; n++)
      await expect(credentials.confirm(ANA.id, 'wrong', SOURCE)).rejects.toMatchObject({
        code: 'overloaded',
      });
    expect(counters.all).toEqual([0]);
    expect(recorded).toEqual([]);
  });
});

describe('A password that is wrong', () => {
  it('counts up to the limit, and what is refused after that does not', async () => {
    const { credentials, counters } = credentialsThat(() => Promise.resolve(false));
    const codes: string[] = [];
    for (let n = 0; n < LIMIT + 2; n++)
      await credentials
        .verify('ana', 'wrong', SOURCE)
        .catch((error: unknown) => codes.push((error as DomainError).code));
    const failures = Array.from({ length: LIMIT }, () => 'invalid_credentials');
    expect(codes).toEqual([...failures, 'rate_limited', 'rate_limited']);
    expect(counters.all).toEqual([LIMIT]);
  });
});
