/** How many milliseconds that takes, by a clock that stands still while nothing in this process runs: a slow machine makes no slow product. */
export async function ownTimeOf(work: Promise<unknown>): Promise<number> {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 100); // Node does not make up for ticks that it has missed
  await work.finally(() => clearInterval(timer));
  return ticks * 100;
}
