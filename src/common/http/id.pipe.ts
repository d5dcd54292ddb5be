import { Param, type PipeTransform } from '@nestjs/common';
import { notFound } from '../errors/domain-error';
import { isId } from '../ids';

class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isId(value)) throw notFound('id');
    return value.toLowerCase();
  }
}

/** An id in the path, in lower case. What is no UUID is nobody's id: `not_found`. */
export const IdParam = (name = 'id') => Param(name, new IdPipe());
