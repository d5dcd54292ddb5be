/** A key that no other request has: 128 random bits. `crypto.randomUUID` is for secure pages alone. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
