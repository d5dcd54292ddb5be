import { IsInt, IsString, Max, Min } from 'class-validator';
import { Digits } from '../validation/query';
import { MayBeAbsent } from '../validation/text';
import { decodeCursor } from './cursor';
import type { PageRequest } from './page';

export class PageQueryDto {
  /** How many rows a page has at most. */
  @MayBeAbsent()
  @Digits()
  @IsInt()
  @Min(1)
  @Max(100)
  limit?: number;

  /** `nextCursor` of the page before. */
  @MayBeAbsent()
  @IsString()
  cursor?: string;
}

/** Of a list whose order is by id. @throws DomainError `invalid_cursor` */
export const pageById = ({ limit = 20, cursor }: PageQueryDto): PageRequest<{ id: string }> => ({
  limit,
  after: cursor === undefined ? null : decodeCursor(cursor, 'id'),
});
