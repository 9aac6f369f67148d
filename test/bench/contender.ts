import type { Workload } from './workloads';

/** One engine ready to train one workload. */
export interface Trial {
  /** Runs `count` training steps and returns the milliseconds per step. */
  readonly measure: (steps: number) => Promise<number> | number;
  readonly close: () => void;
}

/** An engine in the comparison. */
export interface Contender {
  readonly name: string;
  /** Names and versions of the libraries, and differences from the workload, if any. */
  readonly what: string;
  /** Undefined if the engine cannot run the workload, or would exceed the time limit of the comparison. */
  readonly prepare: (workload: Workload) => Promise<Trial | undefined>;
}

/** Milliseconds per call of `step`, averaged over `count` calls. */
export async function timed(steps: number, step: () => unknown): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < steps; i++) await step();
  return (performance.now() - start) / steps;
}
