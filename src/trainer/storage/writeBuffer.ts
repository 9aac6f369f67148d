import type { MissingUpdates } from '../../run/series/missing';
import { buffersOf, type RecordBatch } from '../../run/records/recordBatch';

/** What a run wants written and its folder has not yet. */
export type PendingWrite =
  | { readonly kind: 'records'; readonly batch: RecordBatch }
  | { readonly kind: 'capture'; readonly update: number; readonly bytes: Uint8Array };

/** Pieces that wait to be written, in the order they came. */
export class WriteBuffer {
  #pieces: PendingWrite[] = [];
  #bytes = 0;
  #lost: MissingUpdates | undefined;
  readonly #lostCaptures: number[] = [];

  /** The piece to be written next. */
  get first(): PendingWrite | undefined {
    return this.#pieces[0];
  }

  /** The updates whose records were let go, and all between them; undefined when there are none. */
  get evictedRecords(): MissingUpdates | undefined {
    return this.#lost;
  }

  /** The updates whose captures were let go. */
  get evictedCaptures(): readonly number[] {
    return this.#lostCaptures;
  }

  /** The records that wait. */
  get records(): readonly RecordBatch[] {
    return this.#pieces.flatMap((piece) => (piece.kind === 'records' ? [piece.batch] : []));
  }

  add(piece: PendingWrite): void {
    this.#pieces.push(piece);
    this.#bytes += bytesOf(piece);
  }

  /** Lets go of the oldest until what waits takes no more than so many bytes. */
  evict(bytes: number): void {
    while (this.#bytes > bytes) this.#drop(this.take());
  }

  /** Takes the first piece out, once it is written. */
  take(): PendingWrite | undefined {
    const piece = this.#pieces.shift();
    if (piece !== undefined) this.#bytes -= bytesOf(piece);
    return piece;
  }

  #drop(piece: PendingWrite | undefined): void {
    if (piece?.kind === 'capture') this.#lostCaptures.push(piece.update);
    if (piece?.kind !== 'records') return;
    const { update, count } = piece.batch;
    const [first = 0] = update;
    const { from, count: before } = this.#lost ?? { from: first, count: 0 };
    this.#lost = { from, to: first + count, count: before + count };
  }
}

function bytesOf(piece: PendingWrite): number {
  if (piece.kind === 'capture') return piece.bytes.byteLength;
  return buffersOf(piece.batch).reduce((sum, { byteLength }) => sum + byteLength, 0);
}
