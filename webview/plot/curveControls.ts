import type { CurveView } from '../store/model';
import { choice } from '../ui/controls';

const smoothings = [0, 10, 50, 200];

/** The axis and smoothing choices of loss curves. */
export class CurveControls {
  readonly #axis;
  readonly #smoothing;

  constructor(set: (view: Partial<CurveView>) => void) {
    this.#axis = choice<CurveView['lossAxis']>('Axis', (lossAxis) => {
      set({ lossAxis });
    });
    this.#smoothing = choice<string>('Smoothing', (value) => {
      set({ smoothing: Number(value) });
    });
  }

  get elements(): readonly HTMLElement[] {
    return [this.#axis.element, this.#smoothing.element];
  }

  update({ lossAxis, smoothing }: CurveView): void {
    this.#axis.setOptions(
      [
        { value: 'auto', label: 'automatic axis' },
        { value: 'linear', label: 'linear axis' },
        { value: 'log', label: 'log axis' },
      ],
      lossAxis,
    );
    this.#smoothing.setOptions(
      smoothings.map((n) => ({ value: String(n), label: n === 0 ? 'no smoothing' : `mean of ${n}` })),
      String(smoothing),
    );
  }
}
