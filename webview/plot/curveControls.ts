import type { CurveView } from '../store/model';
import { choice } from '../ui/controls';
import { translate } from '../../src/text/translate';

const smoothings = [0, 10, 50, 200];

/** The axis and smoothing choices of loss curves. */
export class CurveControls {
  readonly #axis;
  readonly #smoothing;

  constructor(set: (view: Partial<CurveView>) => void) {
    this.#axis = choice<CurveView['lossAxis']>(translate`Axis`, (lossAxis) => {
      set({ lossAxis });
    });
    this.#smoothing = choice<string>(translate`Smoothing`, (value) => {
      set({ smoothing: Number(value) });
    });
  }

  get elements(): readonly HTMLElement[] {
    return [this.#axis.element, this.#smoothing.element];
  }

  update({ lossAxis, smoothing }: CurveView): void {
    this.#axis.setOptions(
      [
        { value: 'auto', label: translate`automatic axis` },
        { value: 'linear', label: translate`linear axis` },
        { value: 'log', label: translate`log axis` },
      ],
      lossAxis,
    );
    this.#smoothing.setOptions(
      smoothings.map((n) => ({ value: String(n), label: n === 0 ? translate`no smoothing` : translate`mean of ${n}` })),
      String(smoothing),
    );
  }
}
