/** UTF-8 bytes of one token, on the low side: prose has four, CJK and code about three. */
const BYTES_A_TOKEN = 3;

/** About how many tokens a text takes of a model's window, rather too many than too few. */
export const estimateTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / BYTES_A_TOKEN);
