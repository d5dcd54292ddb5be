import { newGate } from './gate';
import type { ScriptedModelServer } from './scripted-model-server';

/** What a half without its other half, or a NUL, is stored as. */
const REPLACEMENT = '\uFFFD';

let asked = 0;

/** An answer of a model in pieces of any kind, each of which comes when the test wants it. */
export class PacedAnswer {
  /** One that nobody else asks. */
  readonly question = `What comes next? ${++asked}`;
  /** The whole answer as it is to be stored. */
  readonly text: string;
  private readonly gates;
  private sent = 0;

  constructor(
    model: ScriptedModelServer,
    private readonly pieces: readonly string[],
    end: 'good' | 'missing' = 'good',
  ) {
    this.text = toStored(pieces.join(''));
    this.gates = [...pieces, 'the end'].map(newGate);
    model.answer(this.question, async (answer) => {
      answer.headers();
      for (const [n, piece] of pieces.entries()) {
        await Promise.race([this.gates[n]!.opened, answer.ended]);
        answer.text(piece);
      }
      await Promise.race([this.gates.at(-1)!.opened, answer.ended]);
      if (end === 'good') answer.whole();
    });
  }

  /** Has so many more pieces come, and then as many as it takes until there is text behind the first `known` units, or the end. */
  goOn(known: number, pieces = 1): void {
    const most = Math.min(this.sent + pieces, this.pieces.length);
    while (this.sent < most) this.next();
    while (this.sent < this.gates.length && this.visible <= known) this.next();
  }

  finish(): void {
    for (const gate of this.gates) gate.open();
  }

  private next(): void {
    this.gates[this.sent++]!.open();
  }

  /** UTF-16 units that can be given out: the first half of a pair waits for the other one. */
  get visible(): number {
    const text = this.pieces.slice(0, this.sent).join('');
    return /[\ud800-\udbff]$/.test(text) ? text.length - 1 : text.length;
  }
}

const toStored = (text: string): string => text.toWellFormed().replaceAll('\0', REPLACEMENT);
