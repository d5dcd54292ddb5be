import { IsInt, IsString, Max, Min } from 'class-validator';
import { Digits } from '../validation/query';
import { MayBeAbsent } from '../validation/text';

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
