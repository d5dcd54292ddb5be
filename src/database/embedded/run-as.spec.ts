import { findAccount, mayEnter, systemFolder } from './run-as';

const root = 'root:x:0:0:root:/root:/bin/bash\n';
const nobody = 'nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n';
const postgres = 'postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash\n';

describe('findAccount', () => {
  it('takes the user postgres, else nobody', () => {
    expect(findAccount(root + nobody + postgres)).toEqual({ uid: 101, gid: 104 });
    expect(findAccount(root + nobody)).toEqual({ uid: 65534, gid: 65533 });
  });

  it('says what to do where there is neither', () => {
    expect(() => findAccount(root)).toThrow('DATABASE_URL');
  });
});

describe('mayEnter', () => {
  it.each([
    ['the owner', { uid: 101, gid: 1 }, 0o100],
    ['the group', { uid: 1, gid: 104 }, 0o010],
    ['anyone else', { uid: 1, gid: 1 }, 0o001],
  ])('goes by the bit of %s, and by no other', (_, account, bit) => {
    expect(mayEnter(account, { uid: 101, gid: 104, mode: 0o40_000 | bit })).toBe(true);
    expect(mayEnter(account, { uid: 101, gid: 104, mode: 0o40_777 & ~bit })).toBe(false);
  });
});

describe('systemFolder', () => {
  it('is the same for the same folder and another for another', () => {
    expect(systemFolder('/root/parley')).toBe(systemFolder('/root/parley'));
    expect(systemFolder('/root/parley')).not.toBe(systemFolder('/root/parley2'));
  });
});
