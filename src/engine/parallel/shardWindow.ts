import type { KernelSet } from '../kernels/kernelSet';
import { scatterRows, type BatchRows } from '../recurrence/batchRows';
import type { LossSpec, NetworkSpec } from '../spec';
import type { WindowTargets, Inputs, Targets, Window } from '../recurrence/window';

/** The targets, mask and inputs of some sequences of every window; targets and mask in memory that all threads share. */
export class ShardWindow {
  private readonly mask: Uint8Array;
  private readonly targets: Targets;
  private inputs: Inputs | undefined;

  /** @param steps of the longest window */
  constructor(
    kernels: KernelSet,
    private readonly sequences: BatchRows,
    private readonly network: NetworkSpec,
    loss: LossSpec['kind'],
    private readonly steps: number,
  ) {
    const rows = steps * sequences.count;
    this.mask = kernels.allocateFlags(rows);
    this.targets =
      loss === 'mse'
        ? { kind: 'values', values: kernels.allocateDoubles(rows * network.outputs) }
        : { kind: 'classes', indices: kernels.allocateIndices(rows) };
  }

  /** Copies these sequences out of a window. */
  copyFrom(window: Window): Window {
    const { steps, batch, reset, targets } = window;
    const { sequences, network } = this;
    scatterRows({ sequences, values: this.mask }, window.mask, steps, batch, 1);
    if (this.targets.kind === 'values' && targets.kind === 'values') {
      scatterRows({ sequences, values: this.targets.values }, targets.values, steps, batch, network.outputs);
    } else if (this.targets.kind === 'classes' && targets.kind === 'classes') {
      scatterRows({ sequences, values: this.targets.indices }, targets.indices, steps, batch, 1);
    }
    return {
      ...this.targetsOf(steps),
      inputs: this.copyInputs(window.inputs, steps, batch),
      reset: reset.subarray(sequences.from, sequences.from + sequences.count),
    };
  }

  /** The targets of the sequences; `steps` are those of the window copied last. */
  targetsOf(steps: number): WindowTargets {
    const rows = steps * this.sequences.count;
    return { steps, batch: this.sequences.count, targets: this.targets, mask: this.mask.subarray(0, rows) };
  }

  private copyInputs(inputs: Inputs, steps: number, batch: number): Inputs {
    const { sequences } = this;
    const rows = this.steps * sequences.count;
    switch (inputs.kind) {
      case 'dense': {
        const width = this.network.inputs;
        const own = this.inputs?.kind === 'dense' ? this.inputs : { ...inputs, values: new Float64Array(rows * width) };
        scatterRows({ sequences, values: own.values }, inputs.values, steps, batch, width);
        return (this.inputs = own);
      }
      case 'oneHot': {
        const own = this.inputs?.kind === 'oneHot' ? this.inputs : { ...inputs, indices: new Int32Array(rows) };
        scatterRows({ sequences, values: own.indices }, inputs.indices, steps, batch, 1);
        return (this.inputs = own);
      }
      default:
        return inputs satisfies never;
    }
  }
}
