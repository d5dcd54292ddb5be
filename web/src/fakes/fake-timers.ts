/** The clock and its timers stand still until the test moves them; promises and streams go on. */
export const stopTheClock = (): void =>
  void jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance'] });
