/** Bytes of a page of WebAssembly memory. */
const page = 65536;

/** Pages that a 32-bit memory can have: 4 GiB. */
const mostPages = 65536;

/** Pages asked for at once where a memory that cannot grow under its views has to be laid out beforehand: 1 GiB. */
const reservedPages = 16384;

/** Tensors begin on a cache line and end before 32 bytes that belong to nobody, which the kernels may read. */
const alignment = 64;
const padding = 32;

/**
 * The one linear memory of a kernel set, given out from the bottom up and never taken back. Shared memory grows while
 * views of it live on. Where the host has none, growing would detach them: so a gibibyte is laid out beforehand, of which
 * the system provides only what is touched.
 */
export class Arena {
  readonly memory: WebAssembly.Memory;
  private used: number;
  private pages: number;

  /** @param shared whether the module that works on the memory takes a shared one */
  constructor(private readonly shared: boolean) {
    this.pages = shared ? 1 : reservedPages;
    this.memory = shared
      ? new WebAssembly.Memory({ initial: this.pages, maximum: mostPages, shared: true })
      : new WebAssembly.Memory({ initial: this.pages });
    this.used = 0;
  }

  /** The most bytes that it can give out. */
  get largest(): number {
    return page * (this.shared ? mostPages : this.pages);
  }

  /** Keeps the first `bytes` free for the constants of the module. */
  reserve(bytes: number): void {
    this.used = Math.max(this.used, bytes);
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

  private take(bytes: number): number {
    const at = Math.ceil(this.used / alignment) * alignment;
    const end = at + bytes + padding;
    if (end > this.pages * page) this.grow(end);
    this.used = end;
    return at;
  }

  private grow(end: number): void {
    const wanted = Math.ceil(end / page);
    // In steps of an eighth, so that many small tensors do not grow it many times.
    const most = this.largest / page;
    const pages = Math.min(most, Math.max(wanted, Math.ceil(this.pages * 1.125)));
    try {
      if (wanted > most) throw new RangeError(`${wanted} of at most ${most} pages`);
      this.memory.grow(pages - this.pages);
    } catch (cause) {
      const mib = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)} MiB`;
      throw new RangeError(
        `The SIMD kernels need ${mib(end)} of WebAssembly memory and can have ${mib(this.largest)} here: choose a smaller net or batch, or the kernel set "reference".`,
        { cause },
      );
    }
    this.pages = pages;
  }
}
