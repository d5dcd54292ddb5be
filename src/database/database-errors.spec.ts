import { QueryFailedError, QueryRunnerAlreadyReleasedError, TypeORMError } from 'typeorm';
import { toDatabaseProblem, violatedConstraint } from './database-errors';

const withCode = (code: string, more = {}) =>
  Object.assign(new Error('told by the driver'), { code, ...more });
const failed = (cause: Error) => new QueryFailedError('select 1', [], cause);

describe('toDatabaseProblem', () => {
  it.each(['08006', '53300', '57014', '57P01', '57P03', '40001', '40P01', '55P03', '25P03', '58030'])(
    'calls SQLSTATE %s an outage, from TypeORM and from the driver alone',
    (state) => {
      expect(toDatabaseProblem(failed(withCode(state)))).toMatchObject({ code: 'database_unavailable' });
      expect(toDatabaseProblem(withCode(state))).toMatchObject({ code: 'database_unavailable' });
    },
  );

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'])(
    'calls a socket that ends with %s an outage, at one address or at all of them',
    (code) => {
      expect(toDatabaseProblem(withCode(code))).not.toBeNull();
      expect(toDatabaseProblem(new AggregateError([withCode(code), withCode(code)]))).not.toBeNull();
    },
  );

  it.each([
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
  ])('calls the message "%s" an outage', (message) => {
    expect(toDatabaseProblem(new Error(message))).not.toBeNull();
    expect(toDatabaseProblem(failed(new Error(message)))).not.toBeNull();
  });

  it('calls it an outage when TypeORM has lost the connection or never had one', () => {
    expect(toDatabaseProblem(new QueryRunnerAlreadyReleasedError())).not.toBeNull();
    expect(toDatabaseProblem(new TypeORMError('Driver not Connected'))).not.toBeNull();
  });

  it('keeps the cause for the log and tells the user nothing of it', () => {
    const cause = failed(withCode('57P01'));
    const problem = toDatabaseProblem(cause);
    expect(problem?.cause).toBe(cause);
    expect(problem?.message).toBe('The database does not answer. Try again shortly.');
  });

  it.each([
    failed(withCode('23505')),
    withCode('42P01'),
    withCode('ENOENT'),
    new Error('no'),
    'text',
    null,
    undefined,
  ])('leaves %s to others', (error) => {
    expect(toDatabaseProblem(error)).toBeNull();
  });
});

describe('violatedConstraint', () => {
  it.each(['23505', '23503'])('names the constraint behind SQLSTATE %s', (state) => {
    const refused = withCode(state, { constraint: 'users_username' });
    expect(violatedConstraint(failed(refused))).toBe('users_username');
    expect(violatedConstraint(refused)).toBe('users_username');
  });

  it.each([withCode('23514', { constraint: 'users_check' }), withCode('57014'), new Error('no'), null])(
    'is null for %s',
    (error) => {
      expect(violatedConstraint(error)).toBeNull();
    },
  );
});
