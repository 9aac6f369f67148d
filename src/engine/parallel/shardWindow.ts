import type { KernelSet } from '../kernels/kernelSet';
import { scatterRows, type BatchRows } from '../recurrence/batchRows';
import type { LossSpec, NetworkSpec } from '../spec';
import type { WindowTargets, Inputs, Targets, Window } from '../recurrence/window';

/** Some lanes of every window: what is asked of them in memory that all threads see. */
export class ShardWindow {
  private readonly mask: Uint8Array;
  private readonly targets: Targets;
  private inputs: Inputs | undefined;

  /** @param steps of the longest window */
  constructor(
    kernels: KernelSet,
    private readonly lanes: BatchRows,
    private readonly network: NetworkSpec,
    loss: LossSpec['kind'],
    private readonly steps: number,
  ) {
    const rows = steps * lanes.count;
    this.mask = kernels.allocateFlags(rows);
    this.targets =
      loss === 'mse'
        ? { kind: 'values', values: kernels.allocateDoubles(rows * network.outputs) }
        : { kind: 'classes', indices: kernels.allocateIndices(rows) };
  }

  /** Takes over the lanes of a window. */
  take(window: Window): Window {
    const { steps, batch, reset, targets } = window;
    const { lanes, network } = this;
    scatterRows({ lanes, values: this.mask }, window.mask, steps, batch, 1);
    if (this.targets.kind === 'values' && targets.kind === 'values') {
      scatterRows({ lanes, values: this.targets.values }, targets.values, steps, batch, network.outputs);
    } else if (this.targets.kind === 'classes' && targets.kind === 'classes') {
      scatterRows({ lanes, values: this.targets.indices }, targets.indices, steps, batch, 1);
    }
    return {
      ...this.asked(steps),
      inputs: this.takeInputs(window.inputs, steps, batch),
      reset: reset.subarray(lanes.from, lanes.from + lanes.count),
    };
  }

  /** What is asked of the lanes, `steps` being those of the window taken over last. */
  asked(steps: number): WindowTargets {
    const rows = steps * this.lanes.count;
    return { steps, batch: this.lanes.count, targets: this.targets, mask: this.mask.subarray(0, rows) };
  }

  private takeInputs(inputs: Inputs, steps: number, batch: number): Inputs {
    const { lanes } = this;
    const rows = this.steps * lanes.count;
    switch (inputs.kind) {
      case 'dense': {
        const width = this.network.inputs;
        const own = this.inputs?.kind === 'dense' ? this.inputs : { ...inputs, values: new Float64Array(rows * width) };
        scatterRows({ lanes, values: own.values }, inputs.values, steps, batch, width);
        return (this.inputs = own);
      }
      case 'oneHot': {
        const own = this.inputs?.kind === 'oneHot' ? this.inputs : { ...inputs, indices: new Int32Array(rows) };
        scatterRows({ lanes, values: own.indices }, inputs.indices, steps, batch, 1);
        return (this.inputs = own);
      }
      default:
        return inputs satisfies never;
    }
  }
}
