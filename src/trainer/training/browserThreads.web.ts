import type { WorkerInit } from '../../engine/parallel/shardQueue';
import type { Threads } from './workerPool';

/** The name of a worker that computes shards of a learner's updates. */
export const threadName = 'unroll-worker-thread';

/**
 * Starts workers of the browser, which end with the worker that started them; undefined where they can't share memory
 * with it, as in a page that is not cross-origin isolated.
 *
 * @param script URL of their script, which runs `serveThread`
 */
export function browserThreads(script: string): Threads | undefined {
  if (!globalThis.crossOriginIsolated) return undefined;
  return {
    cores: navigator.hardwareConcurrency,
    startThread: (init) => {
      const worker = new Worker(script, { name: threadName });
      worker.postMessage(init);
      return {
        onExit: (listener) => {
          worker.addEventListener('error', ({ message }) => listener(message || 'unknown error'), { once: true });
        },
        end: () => {
          worker.terminate();
        },
      };
    },
  };
}

/** Computes shards in a worker of the browser: its first message is from Learner.addWorker. */
export function serveThread(run: (init: WorkerInit) => void): void {
  const onMessage = ({ data }: MessageEvent<WorkerInit>): void => {
    run(data);
    globalThis.close();
  };
  globalThis.addEventListener('message', onMessage, { once: true });
}
