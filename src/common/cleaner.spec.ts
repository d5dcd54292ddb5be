import { Logger } from '@nestjs/common';
import { Cleaner } from './cleaner';

const ROUND_MS = 10 * 60_000;

describe('A cleaner', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** Rows of which each call takes some; how many are left. */
  const aTable = (rows: number) => {
    const deleteExpired = jest.fn((limit: number) => {
      const taken = Math.min(rows, limit);
      rows -= taken;
      return Promise.resolve(taken);
    });
    return { deleteExpired, left: () => rows };
  };
  const round = () => jest.advanceTimersByTimeAsync(ROUND_MS);

  it('deletes in portions whatever has piled up', async () => {
    const table = aTable(12_000);
    const cleaner = new Cleaner('rows', table);
    cleaner.onApplicationBootstrap();
    await round();
    await cleaner.onModuleDestroy();
    expect(table.left()).toBe(0);
    expect(table.deleteExpired.mock.calls).toEqual([[5_000], [5_000], [5_000]]);
  });

  it('logs what failed, and tries again in the next round', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const table = aTable(1);
    table.deleteExpired.mockRejectedValueOnce(new Error('gone'));
    const cleaner = new Cleaner('rows', table);
    cleaner.onApplicationBootstrap();
    await round();
    expect(table.left()).toBe(1);
    expect(warn).toHaveBeenCalledWith(expect.objectContaining({ msg: 'rows could not be deleted' }));
    await round();
    await cleaner.onModuleDestroy();
    expect(table.left()).toBe(0);
  });

  it('does nothing more once it is stopped', async () => {
    const table = aTable(0);
    const cleaner = new Cleaner('rows', table);
    cleaner.onApplicationBootstrap();
    await cleaner.onModuleDestroy();
    await round();
    expect(table.deleteExpired).not.toHaveBeenCalled();
  });
});
