import { Worker } from 'node:worker_threads';
import type { StartTrainerWorker, TrainerWorker } from './trainerWorker';

/** Trainers as worker threads of a Node extension host; they die with it. */
export function nodeTrainers(script: string): StartTrainerWorker {
  return (): TrainerWorker => {
    const worker = new Worker(script, { name: 'unroll-trainer' });
    let asked = false;
    let fault: string | undefined;
    worker.on('error', (error) => {
      fault = error.message;
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
