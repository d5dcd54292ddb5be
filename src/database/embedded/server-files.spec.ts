import { parsePidFile } from './server-files';

describe('parsePidFile', () => {
  it('reads process, folder and port', () => {
    const text = '4711\n/data/cluster/data\n1763740000\n42713\n\n127.0.0.1\n  3801096 65540\nready   \n';
    expect(parsePidFile(text)).toEqual({ pid: 4711, folder: '/data/cluster/data', port: 42713 });
  });

  it.each(['', '4711\n', '4711\n/data', 'x\n/data\n1\n5432\n', '-1\n/data\n1\n5432\n'])(
    'makes nothing of a broken file: %j',
    (text) => {
      expect(parsePidFile(text)).toBeNull();
    },
  );
});
