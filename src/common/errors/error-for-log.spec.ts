import { DomainError } from './domain-error';
import { errorForLog } from './error-for-log';

const SECRET = 'hunter2';

/** As pg throws it. */
function driverError(message = `duplicate key: (${SECRET})`): Error {
  const error = new Error(message);
  return Object.assign(error, {
    ...{ name: 'error', code: '23505', detail: `Key (username)=(${SECRET})`, where: SECRET },
    ...{ query: `select '${SECRET}'`, parameters: [SECRET] },
  });
}

/** As TypeORM throws it. */
function queryError(): Error {
  const error = driverError();
  const query = { query: `select '${SECRET}'`, parameters: [SECRET], driverError: error };
  return Object.assign(new Error(error.message), { name: 'QueryFailedError', ...query });
}

function parseError(): unknown {
  try {
    return JSON.parse(`{"password": ${SECRET}}`);
  } catch (error) {
    return error;
  }
}

describe('An error in a log', () => {
  it('has its name, its code and its place', () => {
    const logged = errorForLog(new DomainError('conflict', 'A question can only follow a reply.'));
    expect(logged).toMatchObject({
      name: 'DomainError',
      code: 'conflict',
      message: 'A question can only follow a reply.',
    });
    expect(logged.at[0]).toMatch(/^at .*error-for-log\.spec\.ts/);
  });

  it.each<[string, () => unknown]>([
    ['a driver', () => driverError()],
    ['a query', () => queryError()],
    ['a parser', parseError],
    ['a path', () => new URIError(`Failed to decode param '${SECRET}'`)],
    [
      'a provider',
      () => Object.assign(new Error(`Wrong key: ${SECRET}`), { name: 'AuthenticationError', body: SECRET }),
    ],
    ['a cause', () => new DomainError('internal', 'Unexpected.', { cause: driverError() })],
    ['a cause of a cause', () => new Error('Outer', { cause: new Error('Inner', { cause: driverError() }) })],
    ['a text that was thrown', () => SECRET],
    ['an object that was thrown', () => ({ message: SECRET, stack: `at ${SECRET}` })],
    [
      'members that look harmless',
      () => Object.assign(new Error('Plain'), { password: SECRET, errors: [SECRET] }),
    ],
    ['lines that look like places', () => driverError(`x\n    at ${SECRET}`)],
  ])('has nothing of what %s says', (_who, make) => {
    expect(JSON.stringify(errorForLog(make()))).not.toContain(SECRET);
  });

  it('has the code of a driver that TypeORM hides', () => {
    const logged = errorForLog(queryError());
    expect(logged).toMatchObject({ name: 'QueryFailedError', cause: { name: 'error', code: '23505' } });
  });

  it('has an end, however deep its causes go', () => {
    const endless: Error = new Error('Round and round');
    endless.cause = endless;
    expect(JSON.stringify(errorForLog(endless)).length).toBeLessThan(20_000);
  });

  it('has no place where there is none', () => {
    expect(errorForLog(Object.assign(new Error('Plain'), { stack: undefined }))).toMatchObject({ at: [] });
    expect(errorForLog(undefined)).toEqual({ name: 'undefined', at: [] });
  });
});
