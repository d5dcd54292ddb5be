import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { ProblemCode } from '../errors/domain-error';

/** Where the codes stand in the generated document until `toOpenApi31` turns them into responses. */
export const PROBLEM_CODES = 'x-problem-codes';

/** The problem codes that an operation can answer, besides those that every operation can. */
export function ApiProblems(...codes: ProblemCode[]): ClassDecorator & MethodDecorator {
  return applyDecorators(...codes.map((code) => ApiExtension(`${PROBLEM_CODES}-${code}`, true)));
}
