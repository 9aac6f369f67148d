import { Worker, type ResourceLimits } from 'node:worker_threads';
import { outOfMemory, type StartTrainerWorker, type TrainerWorker } from './trainerWorker';

/**
 * Trainers as worker threads of a Node extension host; they die with it.
 *
 * @param limits of each thread, Node's own by default
 */
export function nodeTrainers(script: string, limits: ResourceLimits = {}): StartTrainerWorker {
  return (): TrainerWorker => {
    const worker = new Worker(script, { name: 'unroll-trainer', resourceLimits: limits });
    let asked = false;
    let fault: string | undefined;
    worker.on('error', (error) => {
      fault = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? outOfMemory : error.message;
    });
    return {
      port: {
        post: (message, transfer = []) => {
          worker.postMessage(message, [...transfer]);
        },
        listen: (listener) => {
          worker.on('message', listener);
          return () => worker.off('message', listener);
        },
      },
      onGone(listener) {
        worker.once('exit', (code) => {
          listener(asked ? undefined : (fault ?? `The trainer's thread ended by itself (exit code ${code}).`));
        });
      },
      terminate() {
        asked = true;
        void worker.terminate();
      },
    };
  };
}
