const Sequencer = require('@jest/test-sequencer').default;

/** Those of more than half a minute. Where no earlier run is known, as in CI, Jest would begin with the largest files. */
const LONG =
  /(any-call|access-matrix|access-matrix-keys|accounts-cli|alerts|guides|lifecycle|rolling-restart|socket-sessions|stream-conformance)[.]/;

/** One long file at the end would have the other worker wait. */
module.exports = class LongestFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const isLong = ({ path }) => LONG.test(path);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
