import type { CurveView } from '../store/model';
import { choice } from '../ui/controls';

const smoothings = [0, 10, 50, 200];

/** So many times the first value is far beyond it. */
const farBeyond = 1000;

/** The two choices above every picture of loss curves. */
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
    this.#axis.update(
      [
        { value: 'auto', label: 'automatic' },
        { value: 'linear', label: 'linear' },
        { value: 'log', label: 'log' },
      ],
      lossAxis,
    );
    this.#smoothing.update(
      smoothings.map((n) => ({ value: String(n), label: n === 0 ? 'none' : `mean of ${n}` })),
      String(smoothing),
    );
  }
}

/** The axis on which all curves can be read: on a linear one a curve that explodes would press the rest flat. */
export function fittingAxis(curves: readonly (readonly { readonly y: number }[])[]): 'linear' | 'log' {
  const firsts = curves.map(([first]) => first?.y ?? NaN).filter((value) => !Number.isNaN(value));
  const far = farBeyond * Math.min(...firsts);
  return curves.some((curve) => curve.some(({ y }) => y > far)) ? 'log' : 'linear';
}
