import { MayBeAbsent, MayBeNull, Text, Trim } from '../common/validation/text';

export class ChangeProfileDto {
  /** Shown instead of the username. Null: nothing is. */
  @MayBeNull()
  @Trim()
  @Text({ min: 1, max: 80 })
  displayName?: string | null;

  /** `provider/model` that answers where neither the message nor the conversation names one. Null: the default. */
  @MayBeNull()
  @Text({ min: 1, max: 200 })
  defaultModel?: string | null;
}

export class EraseAccountDto {
  /** Guests have none. */
  @MayBeAbsent()
  @Text({ min: 1, max: 1000 })
  password?: string;
}
