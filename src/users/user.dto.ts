export class UserResponse {
  /** UUIDv7; stable for the life of the account, also when a guest becomes a member. */
  id!: string;
  /** Normalised: NFKC, case folded, trimmed. Null for guests. */
  username!: string | null;
  /** Shown instead of the username where there is one. */
  displayName!: string | null;
  kind!: 'guest' | 'member';
  role!: 'user' | 'admin';
  /** `provider/model` that answers where neither the message nor the conversation names one. */
  defaultModel!: string | null;
  /** ISO 8601, UTC, with milliseconds. */
  createdAt!: string;
}

export class AdminUserResponse extends UserResponse {
  /** Null: it may be used. */
  disabledAt!: string | null;
  /** Tokens a period. Null: as configured; 0: none at all. */
  quotaTokens!: number | null;
  /** At most a minute behind. */
  lastSeenAt!: string | null;
}
