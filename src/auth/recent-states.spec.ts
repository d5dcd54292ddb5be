import { newGate } from '../../test/support/gate';
import { RecentStates } from './recent-states';

const SOUND = { userId: 'ana' };

describe('What has been asked about a moment ago', () => {
  it.each([
    ['what was found', SOUND],
    ['nothing, once it is gone', null],
  ])('gives who is looking it up while it ends %s', async (_what, inDatabase) => {
    const gate = newGate();
    const states = new RecentStates(10, () => gate.opened.then(() => inDatabase));
    const found = states.find('id');
    states.noteEnd('id');
    gate.open();
    expect(await found).toEqual(inDatabase);
    expect(await states.find('id')).toBeNull();
  });

  it('is asked about again where there was none', async () => {
    const inDatabase = [null, SOUND];
    const states = new RecentStates(10, () => Promise.resolve(inDatabase.shift()!));
    expect([await states.find('id'), await states.find('id')]).toEqual([null, SOUND]);
  });

  it('fails where the database does', async () => {
    const states = new RecentStates(10, () => Promise.reject(new Error('away')));
    await expect(states.find('id')).rejects.toThrow('away');
  });
});
