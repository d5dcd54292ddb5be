export class SessionResponse {
  id!: string;
  /** Of the sign-in, as its browser or program called itself. */
  userAgent!: string | null;
  /** Of the sign-in. */
  ip!: string | null;
  /** ISO 8601, UTC, with milliseconds. */
  createdAt!: string;
  /** At most a minute behind. */
  lastUsedAt!: string;
  /** When it ends unless it is used before. */
  expiresAt!: string;
  /** The one that this very call is made with. */
  current!: boolean;
}
