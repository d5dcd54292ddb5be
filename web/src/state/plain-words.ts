import { Problem, type FaultCode } from '../api/problem';

/** What happened, and what to do next. Codes that are not here say it well enough in their own detail. */
const WORDS: Partial<Record<FaultCode, string>> = {
  offline: 'The server can’t be reached. Check your connection; nothing is lost.',
  broken: 'The server’s answer made no sense. Try again in a moment.',
  unauthenticated: 'You are signed out. Sign in to go on.',
  session_revoked: 'Your session has ended. Sign in to go on.',
  invalid_credentials: 'The name or the password is wrong.',
  account_disabled: 'This account is disabled. Ask whoever runs this server.',
  username_taken: 'That username is taken. Choose another one.',
  not_found: 'It is no longer there. It may have been deleted elsewhere.',
  reply_in_progress: 'An answer is still being written here. Wait for it, or stop it first.',
  unknown_model: 'That model is no longer offered. Pick another one.',
  context_length_exceeded: 'This message is too long for the model. Shorten it, or pick another model.',
  quota_exceeded: 'Your tokens for this period are used up. The usage page says when the next one begins.',
  internal: 'Something went wrong on the server. Try again; if it stays, tell whoever runs it.',
  model_failed: 'The model broke off. Try again.',
  model_unavailable: 'The model is not available at the moment. Try again, or pick another one.',
  model_timeout: 'The model took too long. Try again, or pick another one.',
  interrupted: 'The answer was interrupted. What had been written is kept; try again for a whole one.',
  database_unavailable: 'The server can’t reach its database. Try again in a moment; nothing is lost.',
  draining: 'The server is restarting. Try again in a moment.',
  overloaded: 'The server has too much to do. Try again in a moment.',
};

export function inPlainWords(error: unknown): string {
  if (!(error instanceof Problem)) return 'Something went wrong on this page. Reload it, and try again.';
  if (error.code === 'rate_limited') return tooOften(error.more.retryAfterMs);
  return WORDS[error.code] ?? faults(error) ?? error.message;
}

/** The same for a reply that failed, of which only the code is known. */
export const codeInPlainWords = (code: FaultCode, detail: string): string => WORDS[code] ?? detail;

const tooOften = (waitMs = 60_000): string =>
  `That was too often. Try again in ${waitMs < 60_000 ? `${Math.ceil(waitMs / 1000)} s` : `${Math.ceil(waitMs / 60_000)} min`}.`;

/** "Username must be at least 3 characters." */
function faults({ more: { errors = [] } }: Problem): string | null {
  const said = errors.map(({ path, message }) => `${fieldName(path)} ${message}.`);
  return said.length > 0 ? said.join(' ') : null;
}

function fieldName(path: string): string {
  const words = path
    .replace(/^(\/|query\.)/, '')
    .replace(/([A-Z])/g, ' $1')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
