import { workerData } from 'node:worker_threads';
import type { WorkerInit } from '../../engine/parallel/shardQueue';
import { runWorker } from '../../engine/parallel/worker';

// Entry of a thread that shares a learner's work. Whoever starts it hands it an assignment of that learner.
runWorker(workerData as WorkerInit);
