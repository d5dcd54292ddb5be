import type { UsageReport } from './usage-report';
import type { UsageReportResponse } from './usage.dto';

export const toUsageReportResponse = ({ data, quota }: UsageReport): UsageReportResponse => ({
  data: data.map(({ day, model, replies, promptTokens, completionTokens }) => ({
    ...{ day, model, replies, promptTokens, completionTokens },
  })),
  quota: {
    period: quota.period,
    limitTokens: quota.limitTokens,
    usedTokens: quota.usedTokens,
    resetsAt: quota.resetsAt.toISOString(),
  },
});
