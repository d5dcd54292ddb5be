import { ConfigError } from '../config/environment';
import { hasHiddenCharacters, normalizeUsername } from '../users/username';

/** The name of the first administrator, in the form in which it is kept. @throws ConfigError */
export function toAdminName(given: string): string {
  const name = normalizeUsername(given);
  if (name.length < 3 || name.length > 80 || hasHiddenCharacters(name))
    throw new ConfigError(['ADMIN_USERNAME: expected 3 to 80 visible characters']);
  return name;
}
