import { Text } from '../../common/validation/text';

export class ChangePasswordDto {
  @Text({ min: 1, max: 1000 })
  currentPassword!: string;

  /** Any characters. Not one of the commonest, and not your own name. */
  @Text({ min: 8, max: 128 })
  newPassword!: string;
}

/** Of an operator, on the command line. */
export class NewPasswordDto {
  @Text({ min: 8, max: 128 })
  newPassword!: string;
}
