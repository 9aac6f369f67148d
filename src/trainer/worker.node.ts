import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { performance } from 'node:perf_hooks';
import { Channel } from '../protocol/channel';
import type { Port } from '../protocol/channel';
import { HeldFolder } from '../run/heldFolder.node';
import { nodeThreads } from './helpers.node';
import { serveTrainer } from './service';

/** Entry of the trainer's worker thread in a Node extension host. */
const port = parentPort;
if (port === null) throw new Error('The trainer is a worker thread; it was started as a program.');

const carrier: Port = {
  post: (message, transfer = []) => {
    port.postMessage(message, [...transfer]);
  },
  listen: (listener) => {
    port.on('message', listener);
    return () => port.off('message', listener);
  },
};

serveTrainer({
  connect: (handlers) => new Channel(carrier, handlers),
  openFolder: (folder) => new HeldFolder(folder),
  threads: nodeThreads(join(__dirname, 'helper.cjs')),
  clock: () => performance.now() / 1000,
  yieldToMessages: () =>
    new Promise((resolve) => {
      setImmediate(resolve);
    }),
});
