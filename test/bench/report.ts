import type { Workload } from './workloads';

/** The times of one contender for one step of a workload, in ms, per window. */
export interface Measured {
  readonly contender: string;
  readonly what: string;
  readonly times: readonly number[];
}

/** The content of the report. */
export interface Comparison {
  readonly machine: string;
  readonly node: string;
  /** Load of the machine before and after. */
  readonly load: readonly [number, number];
  /** Peak GFLOP/s of one core, see peak.ts. */
  readonly peak: number;
  readonly relaxed: boolean;
  /** The gradient flow matrix of one sequence: its size, and the milliseconds of each run. */
  readonly perLossGradients: readonly { readonly what: string; readonly times: readonly number[] }[];
  readonly results: readonly { readonly workload: Workload; readonly measured: readonly Measured[] }[];
}

/** Floating-point operations of the matrix products of one step: forward, both gradients; one-hot inputs need none. */
export function productFlops({ cell, hidden, steps, batch, vocabulary }: Workload): number {
  const gates = { rnn: 1, lstm: 4, gru: 3 }[cell] * hidden;
  const rows = steps * batch;
  const recurrent = 3 * 2 * rows * gates * hidden;
  return vocabulary > 0
    ? recurrent + 3 * 2 * rows * hidden * vocabulary
    : recurrent + 2 * 2 * rows * gates * 2 + 3 * 2 * batch * hidden;
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(2) : value.toFixed(4);
}

/** The comparison as Markdown. */
export function report({ machine, node, load, peak, relaxed, perLossGradients, results }: Comparison): string {
  const fastest = relaxed ? 'simd-fma' : 'simd';
  const sections = results.map(({ workload, measured }) => {
    const own = measured.find(({ contender }) => contender === fastest);
    const ownMedian = own === undefined ? NaN : median(own.times);
    const bound = productFlops(workload) / peak / 1e6;
    const rows = measured.map(({ contender, times }) => {
      const [best, worst] = [Math.min(...times), Math.max(...times)];
      const ratio = contender === fastest ? '1' : (median(times) / ownMedian).toFixed(2);
      return `| ${contender} | ${figure(median(times))} | ${figure(best)} – ${figure(worst)} | ${times.length} | ${ratio} | ${share(bound, median(times))} | ${share(bound, best)} |`;
    });
    const off = measured.find(({ contender }) => contender === `${fastest}, instruments off`);
    const instruments =
      own === undefined || off === undefined
        ? ''
        : `\nInstruments on to off: ${(median(own.times) / median(off.times)).toFixed(3)} by medians, ${(Math.min(...own.times) / Math.min(...off.times)).toFixed(3)} by best windows.\n`;
    const shared = measured.find(({ contender }) => contender === `${fastest}, 2 workers`);
    const workers =
      own === undefined || shared === undefined
        ? ''
        : `\nOne worker to two: ${(median(own.times) / median(shared.times)).toFixed(2)} by medians, ${(Math.min(...own.times) / Math.min(...shared.times)).toFixed(2)} by best windows.\n`;
    return `## ${workload.name}: ${workload.what}

The matrix products alone take ${figure(bound)} ms at the peak of one core.

| engine | median, ms | best – worst, ms | windows | times ${fastest} | share of peak, median | best |
|---|---|---|---|---|---|---|
${rows.join('\n')}
${instruments}${workers}`;
  });
  const engines = new Map(results.flatMap(({ measured }) => measured.map(({ contender, what }) => [contender, what])));
  return `# Speed of one training step

Written by \`npm run bench\`. One step is: forward over T, a loss, full backpropagation through time, clipping, update; in
float32, but for the reference kernels, which compute in double precision. All engines run in turns in one process
(PyTorch in a second one), window by window, so that whatever else the machine does hits all alike; ratios travel
between machines, milliseconds do not. Where the load is above the number of cores, the best windows say more than the medians. A PyTorch built with the
generic BLAS is many times slower than one built with MKL or OpenBLAS, and its ratios say little. What limits the speed is
told in [LIMITS.md](LIMITS.md).

- Machine: ${machine}; load average ${load[0].toFixed(1)} before, ${load[1].toFixed(1)} after.
- ${node}; relaxed SIMD ${relaxed ? 'on' : 'off'}.
- Peak of one core at nothing but multiply-adds in 128-bit registers through WebAssembly: ${peak.toFixed(1)} GF/s.

${[...engines].map(([name, what]) => `- ${name}: ${what}.`).join('\n')}

${sections.join('\n')}
## The gradient flow matrix of one sequence

Every loss back-propagated separately: ‖∂L_t/∂h_k‖ for all k ≤ t.

| net | median, ms | best – worst, ms |
|---|---|---|
${perLossGradients.map(({ what, times }) => `| ${what} | ${figure(median(times))} | ${figure(Math.min(...times))} – ${figure(Math.max(...times))} |`).join('\n')}
`;
}

function share(bound: number, time: number): string {
  return `${((100 * bound) / time).toFixed(0)} %`;
}
