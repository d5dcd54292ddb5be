import { SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { Request, RequestHandler, Response } from 'express';
import { jsonBody, type BodyLimits } from './json-body';

const LARGE_BODY = 'parley:large-body';

/** A route whose body is read by `LargeBodyGuard`; `jsonBody` has to leave it alone. */
export const LargeBody = () => SetMetadata(LARGE_BODY, true);

/**
 * Reads the bodies that may be large, once it is known who asks and that he may: what a stranger sends is not even looked at. It
 * comes before the limits of accounts, which look into the body.
 */
export class LargeBodyGuard implements CanActivate {
  private readonly read: RequestHandler;

  constructor(
    private readonly reflector: Reflector,
    limits: BodyLimits,
  ) {
    this.read = jsonBody(limits);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.reflector.get<boolean | undefined>(LARGE_BODY, context.getHandler())) return true;
    const http = context.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    const fault = await new Promise((resolve) => void this.read(request, response, resolve));
    if (fault) throw fault as Error;
    return true;
  }
}
