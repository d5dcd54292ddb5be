import { PROBLEMS, type DomainError, type FieldError } from '../common/errors/domain-error';
import { detailOf } from '../common/errors/problem';
import type { OpenAiErrorResponse, OpenAiErrorType } from './openai-error.dto';

/** A failure as OpenAI tells it. The status, the headers and the code are those of the problem. */
export function toOpenAiError(error: DomainError): OpenAiErrorResponse {
  const { code, errors = [] } = error;
  const message = errors.length > 0 ? errors.map(toSentence).join(' ') : detailOf(error);
  return { error: { message, type: typeOf(error), param: errors[0] ? toParam(errors[0]) : null, code } };
}

function typeOf({ code }: DomainError): OpenAiErrorType {
  const { status } = PROBLEMS[code];
  if (code === 'quota_exceeded') return 'insufficient_quota';
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

const toSentence = (fault: FieldError) =>
  `${toParam(fault) || 'The body'}: ${fault.message.replace(/\.$/, '')}.`;

/** `/messages/0/role` as `messages[0].role`. */
function toParam({ path }: FieldError): string {
  if (!path.startsWith('/')) return path;
  const steps = path.slice(1).split('/');
  return steps
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((param, step) => (/^\d+$/.test(step) ? `${param}[${step}]` : `${param}.${step}`));
}
