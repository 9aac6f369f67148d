import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Contender } from './contender';

/** PyTorch with one thread and with all, if a Python on this machine has it; its process lives as long as this one. */
export async function torchContenders(): Promise<readonly Contender[]> {
  const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
  const child = spawn(python, [resolve('test/bench/peers/torch_peer.py')], { stdio: ['pipe', 'pipe', 'ignore'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // Without Python or torch there is no reply, and the contender is undefined.
  child.on('error', () => undefined);
  const first = await answers.next();
  if (first.done === true) return [];
  const { version, threads, blas } = JSON.parse(first.value) as {
    readonly version: string;
    readonly threads: number;
    readonly blas: string;
  };
  child.unref();
  process.on('exit', () => child.kill());

  const contender = (count: number): Contender => ({
    name: `PyTorch, ${count} thread${count === 1 ? '' : 's'}`,
    what: `PyTorch ${version} built with BLAS ${blas}, fused nn modules, no gradient inside the recurrence recorded`,
    prepare: (workload) =>
      Promise.resolve({
        measure: async (steps) => {
          child.stdin.write(`${JSON.stringify({ workload, threads: count, steps })}\n`);
          const answer = await answers.next();
          if (answer.done === true) throw new Error(`PyTorch ended while it trained ${workload.name}.`);
          return Number(answer.value);
        },
        close: () => undefined,
      }),
  });
  return threads > 1 ? [contender(1), contender(threads)] : [contender(1)];
}
