// Runs the tests that crash their process, in this process or, with the argument `parallel`, in workers.
import Mocha from 'mocha';
import { resolve } from 'node:path';
import { run } from '../../../scripts/mochaRun';
import { report } from '../../../scripts/tally';
import { hooksOfWorkers } from '../../../scripts/layers';

const parallel = process.argv[2] === 'parallel';
const mocha = new Mocha({
  ui: 'bdd',
  timeout: 60_000,
  ...(parallel ? { parallel, jobs: 2, require: [hooksOfWorkers] } : {}),
});
for (const file of parallel ? ['crashing', 'alive'] : ['crashing']) {
  mocha.addFile(resolve('dist', 'test', 'unit', 'launch', `${file}.command.mjs`));
}
await mocha.loadFilesAsync();
report(await run(mocha));
