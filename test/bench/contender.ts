import type { Workload } from './workloads';

/** One engine ready to train one workload. */
export interface Trial {
  /** Makes so many training steps and returns the milliseconds that one took. */
  readonly measure: (steps: number) => Promise<number> | number;
  readonly close: () => void;
}

/** An engine that takes part in the comparison. */
export interface Contender {
  readonly name: string;
  /** Names and versions of what computes, and how it differs from the workload where it does. */
  readonly what: string;
  /** Undefined where the engine cannot do the workload, or would take longer than the whole comparison may. */
  readonly prepare: (workload: Workload) => Promise<Trial | undefined>;
}

/** Milliseconds of one call of `step`, over so many. */
export async function timed(steps: number, step: () => unknown): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < steps; i++) await step();
  return (performance.now() - start) / steps;
}
