import { BEAT_MS, Pulse } from './pulse';

const NOTHING = { waiting: 0, taken: 1_000 };

describe('Pulse', () => {
  /** So many beats, at each of which the peer has taken that much; what the last one said. */
  function beats(pulse: Pulse, outboxes: readonly { waiting: number; taken: number }[], from = 0): boolean[] {
    return outboxes.map((outbox, n) => pulse.beat((from + n) * BEAT_MS, outbox));
  }

  it('gives up on a peer that answers no ping for thirty seconds', () => {
    expect(BEAT_MS).toBe(15_000);
    expect(beats(new Pulse(), [NOTHING, NOTHING, NOTHING])).toEqual([true, true, false]);
  });

  it('goes on with a peer that is heard now and then', () => {
    const pulse = new Pulse();
    for (let n = 0; n < 10; n++) {
      expect(beats(pulse, [NOTHING, NOTHING], n * 2)).toEqual([true, true]);
      pulse.heard();
    }
  });

  it('gives up on a peer that takes nothing for sixty seconds while something waits, whatever it says', () => {
    const pulse = new Pulse();
    const seen = Array.from({ length: 5 }, (_, n) => {
      pulse.heard();
      return pulse.beat(n * BEAT_MS, { waiting: 70_000, taken: 500 });
    });
    expect(seen).toEqual([true, true, true, true, false]);
  });

  it('goes on with a peer that takes something, however slowly, and cannot answer a ping behind it', () => {
    const slow = Array.from({ length: 40 }, (_, n) => ({ waiting: 70_000, taken: n }));
    expect(beats(new Pulse(), slow)).not.toContain(false);
  });

  it('counts anew once everything has been taken', () => {
    const stalled = { waiting: 5, taken: 500 };
    const pulse = new Pulse();
    expect(beats(pulse, [stalled, stalled, stalled, NOTHING, stalled, stalled, stalled])).not.toContain(
      false,
    );
  });
});
