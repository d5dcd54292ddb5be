/** As `it`, for a test that does nothing but wait most of its time: all of a `describe` begin at once, before its first. */
export function itMeanwhile(title: string, test: () => Promise<void>): void {
  let outcome: Promise<void>;
  beforeAll(() => {
    outcome = test();
    outcome.catch(() => undefined); // told in its turn
  });
  it(title, () => outcome);
}
