import { settingsTag } from './settings-tag';

describe('The tag with the settings', () => {
  it('holds whatever is in them, and nothing of it gets out', () => {
    const hostile = `'"><script>alert(1)</script>&quot;&#39;$&$'\u2028`;
    const [, content] = /^<meta name="parley-settings" content='([^<>'"]*)' \/>$/.exec(
      settingsTag({ hostile }),
    )!;
    const decoded = content!.replace(/&#(\d+);/g, (_reference, code: string) => String.fromCharCode(+code));
    expect(JSON.parse(decoded)).toEqual({ hostile });
  });
});
