// Whoever writes a reply holds it on lease, in database time. Why these values: docs/reply-engine.md.

/** From each heartbeat on. */
export const LEASE_SECONDS = 10;

/**
 * From the sending of the last heartbeat that was answered well. Text that is written later is held back, so that nobody reads more
 * than this of what another replica cannot know.
 */
export const DELIVERY_MS = 2_000;

/** From the same moment: the reply is given up. */
export const GIVE_UP_MS = 60_000;

/** A reply that nobody can have read of is written anew after a crash, but not for ever: it may be what brings the process down. */
export const MOST_ATTEMPTS = 2;
