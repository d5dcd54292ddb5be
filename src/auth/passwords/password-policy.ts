import { Injectable } from '@nestjs/common';
import { dictionary } from '@zxcvbn-ts/language-common';
import { validationFailed } from '../../common/errors/domain-error';
import { Config } from '../../config/config';
import { normalizeUsername } from '../../users/username';
import { isInBreachList } from './breach-list';

/** 49,233 passwords, 17,950 of them with 8 characters or more (@zxcvbn-ts/language-common 4.1.3, MIT). All in lower case. */
const COMMON = new Set<string>(dictionary['passwords-common']);

@Injectable()
export class PasswordPolicy {
  constructor(private readonly config: Config) {}

  /**
   * Whether a new password may be used; its length has been checked before.
   *
   * @param path of its field, such as `/password`
   * @param names of its user, which are the first thing that anybody tries
   * @throws DomainError `validation_failed`
   */
  async check(path: string, password: string, names: readonly (string | null)[]): Promise<void> {
    const folded = normalizeUsername(password);
    if (names.some((name) => name !== null && normalizeUsername(name) === folded))
      throw refusal(path, 'own_name', 'must not be your own name');
    if (COMMON.has(password.toLowerCase()))
      throw refusal(path, 'common_password', 'is one of the commonest passwords');
    const { breachListPath } = this.config.auth;
    if (breachListPath && (await isInBreachList(breachListPath, password)))
      throw refusal(path, 'breached_password', 'is known from a breach');
  }
}

const refusal = (path: string, code: string, message: string) => validationFailed([{ path, code, message }]);
