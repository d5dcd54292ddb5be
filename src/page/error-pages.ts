import type { Request, Response } from 'express';
import { PROBLEMS, type DomainError } from '../common/errors/domain-error';
import { ErrorEnvelope, type ErrorBody } from '../common/errors/error-envelope';
import { detailOf } from '../common/errors/problem';
import { fullPathOf } from '../common/http/full-path';
import { requestIdOf } from '../common/http/request-id';
import { escapeHtml } from './escape-html';

/** Where programs ask, whatever they say that they accept. */
const FOR_PROGRAMS = /^\/((api|v1|health)(\/|$)|openapi\.)/i;
/** The first is for whoever accepts anything. */
const TYPES = ['application/problem+json', 'application/json', 'text/html'];

/** Errors as a page, for people whose browser has asked for one. */
export class ErrorPages extends ErrorEnvelope {
  /** `template` has the gaps `%status%`, `%title%` and `%detail%`. */
  constructor(private readonly template: string) {
    super();
  }

  wrap(error: DomainError, request: Request, response: Response): ErrorBody | null {
    if (!/^(GET|HEAD)$/.test(request.method) || FOR_PROGRAMS.test(fullPathOf(request))) return null;
    response.vary('Accept');
    if (request.accepts(TYPES) !== 'text/html') return null;
    return { contentType: 'text/html', body: this.render(error, requestIdOf(request)) };
  }

  private render(error: DomainError, requestId: string): string {
    const { status, title } = PROBLEMS[error.code];
    const words = error.code === 'internal' ? 'Try again in a moment.' : detailOf(error);
    const gaps = { status: String(status), title, detail: `${words} Request ${requestId}` };
    // In one go, or a text that has a gap's name in it would be filled in as well.
    return this.template.replace(/%(status|title|detail)%/g, (_gap, name: keyof typeof gaps) =>
      escapeHtml(gaps[name]),
    );
  }
}
