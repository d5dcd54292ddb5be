import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { DomainError } from '../errors/domain-error';
import { accessOf, type Access } from './access';
import { callerOf, type Caller } from './caller';

/** Global, after authentication: whether this caller may call this route at all. Whose row it is, the queries know. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const [caller, access] = [callerOf(request), accessOf(this.reflector, context)];
    if (!caller || access === 'public') return true; // the guard before this one has let it in
    const needed = access === 'optional' ? 'session' : access;
    if (needed === 'admin' && caller.role !== 'admin')
      throw new DomainError('forbidden', 'This is for administrators.');
    if (!covers(caller, needed, request.method))
      throw new DomainError('insufficient_scope', 'This API key does not cover this call.');
    return true;
  }
}

function covers({ scopes }: Caller, access: Access, method: string): boolean {
  if (scopes === null) return true;
  if (access === 'session') return false;
  const reads = method === 'GET' || method === 'HEAD';
  return scopes.includes(access) || (access === 'chat' && reads && scopes.includes('read'));
}
