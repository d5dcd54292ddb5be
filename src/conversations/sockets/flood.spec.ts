import { Flood } from './flood';

describe('A flood of frames', () => {
  const over = (flood: Flood, count: number, nowMs: number) =>
    Array.from({ length: count }, () => flood.isOver(nowMs)).filter((isOver) => isOver).length;

  it('is more than five hundred in a second', () => {
    const flood = new Flood();
    expect([over(flood, 500, 10_000), over(flood, 1, 10_999)]).toEqual([0, 1]);
  });

  it('is forgotten with the second', () => {
    const flood = new Flood();
    expect([over(flood, 600, 10_000), over(flood, 500, 11_000)]).toEqual([100, 0]);
  });
});
