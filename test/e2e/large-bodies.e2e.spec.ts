import { aMember } from '../support/callers';
import type { Client } from '../support/client';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';

const MOST_VALUES = 1_000;
const MOST_ERRORS = 20;

const members = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`member${n}`, 1]));
const items = <T>(count: number, item: T) => Array.from({ length: count }, () => item);

describe('A body', () => {
  let parley: RunningApp;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp();
    ana = await aMember(parley);
  });

  afterAll(() => parley.close());

  const makeKey = (scopes: unknown) => ana.post('/auth/api-keys', { name: 'mine', scopes });

  it.each<[string, object]>([
    ['members', members(MOST_VALUES + 1)],
    ['items', { list: items(MOST_VALUES, 1) }],
    ['members of members', { inner: members(MOST_VALUES) }],
    ['values in many lists', { one: items(MOST_VALUES / 2, 1), other: items(MOST_VALUES / 2, 1) }],
  ])('is refused when it has more than 1,000 %s', async (_what, body) => {
    expectProblem(await ana.post('/conversations', body), 400, 'malformed_request');
  });

  it.each<[string, object]>([
    ['members', members(MOST_VALUES)],
    ['values', { list: items(MOST_VALUES - 1, 1) }],
  ])('is looked at when it has 1,000 %s', async (_what, body) => {
    expectProblem(await ana.post('/conversations', body), 400, 'validation_failed');
  });

  it('is answered with at most twenty of its faults', async () => {
    const refused = await ana.post('/conversations', members(MOST_VALUES));
    expectProblem(refused, 400, 'validation_failed');
    expect(refused.body.errors).toHaveLength(MOST_ERRORS);
  });

  it.each<[string, unknown]>([
    ['unknown', ['read', 'write']],
    ['there twice', ['read', 'read']],
    ['too many', ['read', 'chat', 'admin', 'read']],
    ['many', items(900, 'read')],
    ['no texts', [{}, []]],
    ['not there at all', []],
    ['no list', 'read'],
    ['null', null],
  ])('is refused when its scopes are %s', async (_what, scopes) => {
    const refused = await makeKey(scopes);
    expectProblem(refused, 400, 'validation_failed');
    expect(refused.body.errors).toEqual([expect.objectContaining({ path: '/scopes' })]);
  });

  it('is refused when it is a list of scopes as long as a body can carry', async () => {
    expectProblem(await makeKey(items(30_000, {})), 400, 'malformed_request');
  });
});
