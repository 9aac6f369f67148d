import { workerData } from 'node:worker_threads';
import type { WorkerInit } from '../../engine/parallel/shardQueue';
import { runWorker } from '../../engine/parallel/worker';

// Entry point of a worker thread, which computes shards of a learner's updates. `workerData` is from Learner.addWorker.
runWorker(workerData as WorkerInit);
