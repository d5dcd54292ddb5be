import { SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';

/** Each limit, whom it counts against, and where: `strict` ones in Postgres, shared by all replicas. */
export const LIMITS = {
  login: { by: 'address', strict: true },
  guest: { by: 'address', strict: true },
  register: { by: 'address', strict: true },
  sendAddress: { by: 'address', strict: true },
  send: { by: 'account', strict: true },
  /** By account; by address where there is none. */
  default: { by: 'both', strict: false },
} as const;

export type LimitName = keyof typeof LIMITS;

export interface LimitSettings extends Readonly<
  Record<LimitName, { readonly limit: number; readonly windowMs: number }>
> {
  readonly enabled: boolean;
}

const LIMITED = 'parley:limited';

/** Which limits a route counts against. Without it: `default`. With none named: no limit. */
export const Limited = (...names: LimitName[]) => SetMetadata(LIMITED, names);

export function limitsOf(reflector: Reflector, context: ExecutionContext): readonly LimitName[] {
  return (
    reflector.getAllAndOverride<LimitName[] | undefined>(LIMITED, [
      context.getHandler(),
      context.getClass(),
    ]) ?? ['default']
  );
}
