import { BulkheadPolicy } from 'cockatiel';
import { loadConfig } from '../../config/config';
import { PasswordHasher } from './password-hasher';

const MORE_THAN_CAN_WAIT = 700;

const hasherOf = (cost: number) =>
  new PasswordHasher(loadConfig({ JWT_SECRET: 'x'.repeat(32), BCRYPT_COST: String(cost) }));
const hasher = hasherOf(4);

describe('A password', () => {
  it('matches its hash, and nothing else does', async () => {
    const hash = await hasher.hash('quartz lemon bridge');
    await expect(hasher.matches('quartz lemon bridge', hash)).resolves.toBe(true);
    for (const other of ['Quartz lemon bridge', 'quartz lemon bridge ', '', hash]) {
      await expect(hasher.matches(other, hash)).resolves.toBe(false);
    }
  });

  it('has another hash each time, of the cost that is configured', async () => {
    const [one, other] = [await hasher.hash('same'), await hasher.hash('same')];
    expect(one).not.toBe(other);
    expect(one).toMatch(/^\$2[aby]\$04\$.{53}$/);
  });

  it.each([
    ['the 72 bytes that bcrypt reads', 'x'.repeat(72)],
    ['72 bytes of longer letters', 'ä'.repeat(40)],
    ['a NUL, where bcrypt stops', 'short\0'],
  ])('counts beyond %s', async (_what, start) => {
    const hash = await hasher.hash(`${start}1`);
    await expect(hasher.matches(`${start}2`, hash)).resolves.toBe(false);
    await expect(hasher.matches(`${start}1`, hash)).resolves.toBe(true);
  });

  it('matches nothing where there is no hash', async () => {
    await expect(hasher.matches('quartz lemon bridge', null)).resolves.toBe(false);
    await expect(hasher.matches('', null)).resolves.toBe(false);
  });

  it.each([
    [6, 1],
    [5, 2],
    [4, 3],
  ])('is looked at as long whether its hash was made at cost %i or at 6', async (cost, comparisons) => {
    const [costly, hash] = [hasherOf(6), await hasherOf(cost).hash('quartz lemon bridge')];
    await expect(costly.matches('quartz lemon bridge', hash)).resolves.toBe(true); // makes what it compares with
    const turns = jest.spyOn(BulkheadPolicy.prototype, 'execute');
    await expect(costly.matches('quartz lemon bridge', hash)).resolves.toBe(true);
    await expect(costly.matches('wrong wrong', hash)).resolves.toBe(false);
    expect(turns).toHaveBeenCalledTimes(2 * comparisons);
    turns.mockRestore();
  });

  it('is refused when too many wait, and taken again when they are done', async () => {
    const all = Array.from({ length: MORE_THAN_CAN_WAIT }, () => hasher.hash('x'));
    const outcomes = await Promise.allSettled(all);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(MORE_THAN_CAN_WAIT - refused.length).toBeGreaterThanOrEqual(500);
    expect(refused.length).toBeGreaterThan(0);
    for (const outcome of refused) expect(outcome).toMatchObject({ reason: { code: 'overloaded' } });
    await expect(hasher.hash('x')).resolves.toMatch(/^\$2/);
  });
});
