import type { Config } from '../config/config';
import { escapeHtml } from './escape-html';

/** What the page has to know before it asks for anything. */
export const pageSettings = ({ auth, replies }: Config) => ({
  guests: auth.guests,
  registration: auth.registration,
  messageMaxChars: replies.messageMaxChars,
});

/** For the head of the page: the settings as JSON. A tag and no script, since the policy forbids those inline. */
export const settingsTag = (settings: object): string =>
  `<meta name="parley-settings" content='${escapeHtml(JSON.stringify(settings))}' />`;
