import type { MissingUpdates } from '../../run/series/missing';
import type { CheckpointState } from './checkpoint';
import { buffersOf, type RecordBatch } from '../../run/records/recordBatch';

/** Records, a capture or the checkpoint of the lowest validation loss that wait to be written to the run's folder. */
export type PendingWrite =
  | { readonly kind: 'records'; readonly batch: RecordBatch }
  | { readonly kind: 'capture'; readonly update: number; readonly bytes: Uint8Array }
  | { readonly kind: 'best'; readonly state: CheckpointState };

/** The pending writes of a run, in order. */
export class WriteBuffer {
  #writes: PendingWrite[] = [];
  #bytes = 0;
  #evictedRecords: MissingUpdates | undefined;
  readonly #evictedCaptures: number[] = [];

  /** The next write. */
  get first(): PendingWrite | undefined {
    return this.#writes[0];
  }

  /** The updates whose records were evicted, and all between them; undefined without any. */
  get evictedRecords(): MissingUpdates | undefined {
    return this.#evictedRecords;
  }

  /** The updates whose captures were evicted. */
  get evictedCaptures(): readonly number[] {
    return this.#evictedCaptures;
  }

  /** The pending records. */
  get records(): readonly RecordBatch[] {
    return this.#writes.flatMap((write) => (write.kind === 'records' ? [write.batch] : []));
  }

  add(write: PendingWrite): void {
    // Only the lowest validation loss counts.
    if (write.kind === 'best') {
      this.#writes = this.#writes.filter((one) => {
        if (one.kind === 'best') this.#bytes -= bytesOf(one);
        return one.kind !== 'best';
      });
    }
    this.#writes.push(write);
    this.#bytes += bytesOf(write);
  }

  /** Drops the oldest writes until the buffer has at most `bytes` bytes. */
  evict(bytes: number): void {
    while (this.#bytes > bytes) this.#drop(this.take());
  }

  /** Removes the first write, once it is done. */
  take(): PendingWrite | undefined {
    const write = this.#writes.shift();
    if (write !== undefined) this.#bytes -= bytesOf(write);
    return write;
  }

  #drop(write: PendingWrite | undefined): void {
    if (write?.kind === 'capture') this.#evictedCaptures.push(write.update);
    if (write?.kind !== 'records') return;
    const { update, count } = write.batch;
    const [first = 0] = update;
    const { from, count: before } = this.#evictedRecords ?? { from: first, count: 0 };
    this.#evictedRecords = { from, to: first + count, count: before + count };
  }
}

function bytesOf(write: PendingWrite): number {
  if (write.kind === 'capture') return write.bytes.byteLength;
  if (write.kind === 'best') {
    return [...write.state.learner.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  }
  return buffersOf(write.batch).reduce((sum, { byteLength }) => sum + byteLength, 0);
}
