/** Bytes of a page of WebAssembly memory. */
const page = 65536;

/** Pages that a 32-bit memory can have: 4 GiB. */
const maxPages = 65536;

/** Pages allocated at once where a memory cannot grow under its views: 1 GiB. */
const reservedPages = 16384;

/** Tensors begin on a cache line and end before 32 unused bytes, which the kernels may read. */
const alignment = 64;
const padding = 32;

/**
 * The one linear memory of a kernel set, allocated from the bottom up and never freed. Shared memory grows while views
 * of it stay valid. Without shared memory, growing would detach them: so a gibibyte is allocated beforehand, of which
 * the system provides only the pages that are used.
 */
export class Arena {
  private end: number;
  private pages: number;

  private constructor(
    readonly memory: WebAssembly.Memory,
    /** Whether several threads may work on the memory. */
    readonly isShared: boolean,
    from: number,
  ) {
    this.pages = memory.buffer.byteLength / page;
    this.end = from;
  }

  /** @param shared whether the module expects a shared memory */
  static create(shared: boolean): Arena {
    const memory = shared
      ? new WebAssembly.Memory({ initial: 1, maximum: maxPages, shared: true })
      : new WebAssembly.Memory({ initial: reservedPages });
    return new Arena(memory, shared, 0);
  }

  /** The part from `from` on of a memory that another thread has allocated. */
  static join(memory: WebAssembly.Memory, from: number): Arena {
    return new Arena(memory, true, from);
  }

  /** Maximum number of bytes that it can allocate. */
  get largest(): number {
    return page * (this.isShared ? maxPages : this.pages);
  }

  /** Bytes allocated so far: the offset of the next tensor. */
  get used(): number {
    return this.end;
  }

  /** Reserves the first `bytes` for the constants of the module. */
  reserve(bytes: number): void {
    this.end = Math.max(this.end, bytes);
  }

  /** Zeroed float32 numbers; throws RangeError where the memory cannot hold them. */
  numbers(length: number): Float32Array {
    const at = this.take(4 * length);
    return new Float32Array(this.memory.buffer, at, length);
  }

  /** Zeroed 32-bit integers; throws RangeError where the memory cannot hold them. */
  integers(length: number): Int32Array {
    const at = this.take(4 * length);
    return new Int32Array(this.memory.buffer, at, length);
  }

  /** Zeroed doubles; throws RangeError where the memory cannot hold them. */
  doubles(length: number): Float64Array {
    const at = this.take(8 * length);
    return new Float64Array(this.memory.buffer, at, length);
  }

  /** Zeroed bytes; throws RangeError where the memory cannot hold them. */
  bytes(length: number): Uint8Array {
    const at = this.take(length);
    return new Uint8Array(this.memory.buffer, at, length);
  }

  private take(bytes: number): number {
    const at = Math.ceil(this.end / alignment) * alignment;
    const end = at + bytes + padding;
    if (end > this.pages * page) this.grow(end);
    this.end = end;
    return at;
  }

  private grow(end: number): void {
    const required = Math.ceil(end / page);
    // In steps of an eighth, so that many small tensors do not grow it many times.
    const available = this.largest / page;
    const pages = Math.min(available, Math.max(required, Math.ceil(this.pages * 1.125)));
    try {
      if (required > available) throw new RangeError(`${required} of at available ${available} pages`);
      this.memory.grow(pages - this.pages);
    } catch (cause) {
      const mib = (size: number): string => `${Math.ceil(size / 1024 / 1024)} MiB`;
      throw new RangeError(
        `The SIMD kernels need ${mib(end)} of WebAssembly memory and can have ${mib(this.largest)} here: choose a smaller net or batch, or the kernel set "reference".`,
        { cause },
      );
    }
    this.pages = pages;
  }
}
