import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/auth/caller';
import { validationFailed } from '../common/errors/domain-error';
import { DAY_MS, dayOf } from '../common/validation/day';
import type { DayOfUsage, Quota } from '../usage/tokens';
import { UsageService } from '../usage/usage.service';

const DEFAULT_DAYS = 30;
const MOST_DAYS = 366;

export interface UsageReport {
  readonly data: readonly DayOfUsage[];
  readonly quota: Quota;
}

@Injectable()
export class UsageReports {
  constructor(private readonly usage: UsageService) {}

  /**
   * What an account has taken from `from` to `to`, both included.
   *
   * @throws DomainError `validation_failed` – they are the wrong way round, or too far apart.
   */
  async of(
    { userId }: Caller,
    { from, to = dayOf(Date.now()) }: { readonly from?: string; readonly to?: string },
  ): Promise<UsageReport> {
    const last = Date.parse(to);
    const first = from === undefined ? last - DEFAULT_DAYS * DAY_MS : Date.parse(from);
    if (first > last || last - first > MOST_DAYS * DAY_MS) {
      const message = `must not be after \`to\`, nor more than ${MOST_DAYS} days before it`;
      throw validationFailed([{ path: 'query.from', code: 'range', message }]);
    }
    const [data, quota] = await Promise.all([
      this.usage.days(userId, from ?? dayOf(Math.max(first, Date.parse('0001-01-01'))), to),
      this.usage.quota(userId),
    ]);
    return { data, quota };
  }
}
