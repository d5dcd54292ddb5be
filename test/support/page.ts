/** What Chrome says that it accepts when a person follows a link, and Firefox much the same. */
export const BROWSER = {
  Accept:
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
};

/** As browsers revalidate what they have. By itself, `fetch` of Node asks for a new one whatever it has. */
export const ifChanged = (etag: string) => ({ 'If-None-Match': etag, 'Cache-Control': 'max-age=0' });

/** The settings that a page has been given. */
export function settingsIn(html: string): unknown {
  const [tag, ...others] = html.match(/<meta name="parley-settings"[^>]*>/g) ?? [];
  expect(others).toEqual([]);
  const [, content] = /content='([^']*)'/.exec(tag!)!;
  return JSON.parse(content!.replace(/&#(\d+);/g, (_reference, code: string) => String.fromCharCode(+code)));
}

/** The policy takes neither scripts nor styles that stand in the page itself. */
export function expectNothingInline(html: string): void {
  const scripts = [...html.matchAll(/<script\b([^>]*)>([^<]*)</g)];
  for (const [, attributes, code] of scripts) {
    expect(attributes).toMatch(/ src="\/[^/]/);
    expect(code).toBe('');
  }
  expect(html).not.toMatch(/<style\b|\s(style|on\w+)\s*=|javascript:|\sdata:/i);
}
