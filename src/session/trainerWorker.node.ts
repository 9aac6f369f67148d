import { Worker, type ResourceLimits } from 'node:worker_threads';
import { reasonOf } from '../protocol/channel';
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
    // Whatever is thrown there comes here: it need not be an error.
    worker.on('error', (thrown: unknown) => {
      const isOutOfMemory = thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_WORKER_OUT_OF_MEMORY';
      fault = isOutOfMemory ? outOfMemory : endedBecause(reasonOf(thrown));
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
          listener(asked ? undefined : (fault ?? endedBecause(`exit code ${code}`)));
        });
      },
      terminate() {
        asked = true;
        void worker.terminate();
      },
    };
  };
}

function endedBecause(reason: string): string {
  return `The trainer's thread ended by itself (${reason}).`;
}
