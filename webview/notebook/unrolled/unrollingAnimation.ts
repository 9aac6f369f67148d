import { unrollingSeconds } from '../../net/unrolling';

/** The animation between the loop (0) and the line (1): it can be stopped, and is skipped with reduced motion. */
export class UnrollingAnimation {
  #share: number | undefined;
  #target = 1;
  #frame: number | undefined;
  #last = 0;
  #duration = 1;

  /** @param onFrame called whenever the share has changed */
  constructor(readonly onFrame: () => void) {}

  /** 0 is the loop, 1 the line. */
  get share(): number {
    return this.#share ?? this.#target;
  }

  get isMoving(): boolean {
    return this.#frame !== undefined;
  }

  /** Moves to a target, across `columns` columns; the first target is applied without animation. */
  follow(target: 0 | 1, columns: number): void {
    if (this.#share === undefined || isMotionReduced()) {
      this.#target = target;
      this.#share = target;
      return;
    }
    if (target === this.#target) return;
    this.#target = target;
    this.#duration = unrollingSeconds(columns);
    this.#last = performance.now();
    this.#frame ??= requestAnimationFrame(this.#step);
  }

  /** Jumps to the end. */
  stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    this.#share = this.#target;
    this.onFrame();
  }

  readonly #step = (now: number): void => {
    const by = (Math.max(0, now - this.#last) / 1000 / this.#duration) * (this.#target === 1 ? 1 : -1);
    this.#last = now;
    this.#share = Math.max(0, Math.min(1, this.share + by));
    this.#frame = this.#share === this.#target ? undefined : requestAnimationFrame(this.#step);
    this.onFrame();
  };
}

/** Whether VS Code or the system asks for reduced motion. */
export function isMotionReduced(): boolean {
  return (
    document.body.classList.contains('vscode-reduce-motion') ||
    window.matchMedia('(prefers-reduced-motion: reduce)').matches
  );
}
