// A parent of a trainer's process, for tests of the end of a parent. It starts the run that
// it receives, and locks its folder as the extension host does.
import { resolve } from 'node:path';
import { trainerChannel } from '../../../scripts/trainerChannel';
import type { StartParams } from '../../../src/protocol/trainer';
import { lockFolder } from '../../../src/run/storage/folderLock.node';
import { forkTrainers } from '../../../src/session/trainers/trainerProcess.node';

const trainer = forkTrainers(resolve('dist/trainer.cjs'))();
const channel = trainerChannel(trainer.port);

process.on('message', (message: StartParams | 'exit' | 'saveAndExit') => {
  if (message === 'exit') process.exit(0);
  else if (message === 'saveAndExit') trainer.saveAndExit();
  else void begin(message);
});

async function begin(params: StartParams): Promise<void> {
  if (params.folder !== undefined) await lockFolder(params.folder);
  let updates = 0;
  const trained = new Promise<void>((resolve) => {
    channel.on('records', ({ count }) => {
      updates += count;
      resolve();
    });
  });
  const reply = await channel.request('start', params);
  // A single update may take a minute.
  if ((params.experiment.training.batch ?? Infinity) < 10) await trained;
  process.send?.({ trainer: trainer.processId, reply, updates });
}
