import { BROWSERS } from '../../../test/support/browsers';
import { browserOf } from './browser';

describe('A browser', () => {
  it('is the same after an update', () => {
    expect(browserOf(BROWSERS.newerFirefoxOnWindows)).toBe(browserOf(BROWSERS.firefoxOnWindows));
  });

  it('is another one by its family and by its platform', () => {
    const { newerFirefoxOnWindows: _, ...others } = BROWSERS;
    const names = Object.values(others).map(browserOf);
    expect(new Set(names).size).toBe(names.length);
  });

  it('that is a program is known by its name, without its version', () => {
    expect(browserOf('curl/8.1.0')).toBe(browserOf('curl/9.0'));
    expect(browserOf('curl/8.1.0')).not.toBe(browserOf('parley-sdk/1.0'));
  });

  it.each([null, '', '   ', '(((', '/', '\u00ff'.repeat(300)])(
    'may say nothing that makes sense: %j',
    (userAgent) => {
      expect(typeof browserOf(userAgent)).toBe('string');
    },
  );
});
