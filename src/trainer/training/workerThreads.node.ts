import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Threads } from './workerPool';

/** Threads of Node. They end with the thread that started them. */
export function nodeThreads(script: string): Threads {
  return {
    cores: availableParallelism(),
    startThread: (assignment) => {
      const worker = new Worker(script, { name: 'unroll-helper', workerData: assignment });
      // Nobody has to end a helper for a program to be over.
      worker.unref();
      let fault: string | undefined;
      worker.on('error', (error) => {
        fault = error.message;
      });
      return {
        onGone: (listener) => {
          worker.once('exit', (code) => {
            listener(fault ?? `exit code ${code}`);
          });
        },
        end: () => {
          void worker.terminate();
        },
      };
    },
  };
}
