import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Threads } from './workerPool';

/** Starts worker threads of Node.js from `script`. They end with the thread that started them. */
export function nodeThreads(script: string): Threads {
  return {
    cores: availableParallelism(),
    startThread: (init) => {
      const worker = new Worker(script, { name: 'unroll-worker-thread', workerData: init });
      // A running worker thread doesn't keep the process alive.
      worker.unref();
      let fault: string | undefined;
      worker.on('error', (error) => {
        fault = error.message;
      });
      return {
        onExit: (listener) => {
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
