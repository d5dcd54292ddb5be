/** How a stream goes on when all its bytes have come: it ends, its connection breaks, or nothing more is heard. */
export type StreamEnd = 'end' | 'cut' | 'silence';

/** The body of an answer that comes in these pieces. */
export class ByteStream {
  readonly response: Response;
  cancelled = false;

  constructor(pieces: readonly Uint8Array[], end: StreamEnd = 'end') {
    const rest = [...pieces];
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const piece = rest.shift();
        if (piece) controller.enqueue(piece);
        else if (end === 'end') controller.close();
        else if (end === 'cut') controller.error(new TypeError('terminated'));
      },
      cancel: () => void (this.cancelled = true),
    });
    this.response = new Response(body);
  }
}

/** The bytes of a text, cut at these places, wherever in a character they are. */
export function piecesOf(text: string, places: readonly number[] = []): Uint8Array<ArrayBuffer>[] {
  const bytes = new TextEncoder().encode(text);
  const cuts = [...new Set(places)].filter((place) => place > 0 && place < bytes.length);
  const ends = [...cuts.sort((one, other) => one - other), bytes.length];
  return ends.map((end, n) => bytes.slice(ends[n - 1] ?? 0, end)).filter(({ length }) => length > 0);
}
