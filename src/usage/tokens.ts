/** What one call may take at most, in tokens. */
export interface WantedTokens {
  /** `provider/model` */
  readonly model: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What one call has taken, in tokens. */
export interface SpentTokens {
  /** The one that answered. */
  readonly model: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** How many replies that makes; 1 where nothing is said. */
  readonly replies?: number;
}

/** What a call is held to. To be settled once, however the call ends. */
export interface Reservation {
  readonly id: string;
  readonly userId: string;
}

/** What an account may take and has taken in the running period, in tokens. */
export interface Quota {
  readonly period: 'day' | 'month';
  /** Null: none applies. */
  readonly limitTokens: number | null;
  /** Prompt plus completion, what is set aside for running calls included. */
  readonly usedTokens: number;
  readonly resetsAt: Date;
}

/** What an account has taken on one day from one model. */
export interface DayOfUsage {
  /** `YYYY-MM-DD`, UTC */
  readonly day: string;
  readonly model: string;
  readonly replies: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}
