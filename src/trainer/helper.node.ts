import { workerData } from 'node:worker_threads';
import type { Assignment } from '../engine/team';
import { serveTeam } from '../engine/teamMember';

// Entry of a thread that shares a learner's work. Whoever starts it hands it an assignment of that learner.
serveTeam(workerData as Assignment);
