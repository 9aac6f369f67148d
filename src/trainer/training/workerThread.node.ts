import { workerData } from 'node:worker_threads';
import type { Assignment } from '../../engine/parallel/workerPool';
import { serveTeam } from '../../engine/parallel/worker';

// Entry of a thread that shares a learner's work. Whoever starts it hands it an assignment of that learner.
serveTeam(workerData as Assignment);
