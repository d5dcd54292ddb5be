interface Settings {
  readonly guests: boolean;
  readonly registration: boolean;
  readonly messageMaxChars: number;
}

/** What a page that is served elsewhere assumes; the server has the last word. */
const ASSUMED: Settings = { guests: true, registration: true, messageMaxChars: 5_000 };

/** What the server that served the page has put into it. */
export const settings: Settings = {
  ...ASSUMED,
  ...(JSON.parse(
    document.querySelector<HTMLMetaElement>('meta[name="parley-settings"]')?.content ?? '{}',
  ) as Partial<Settings>),
};

/** Of the API: the page's own, unless it was built for another one. */
export const apiOrigin = (import.meta.env.VITE_API_URL as string | undefined)?.replace(/\/$/, '') ?? '';
