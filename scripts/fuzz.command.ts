import { runCommand } from './cleanup';
import { layers } from './layers';
import { report } from './tally';

/** `npm run fuzz [SECONDS]`: fuzzes every reader of untrusted files and messages for SECONDS each, reads back generated tables, and truncates a run at every byte. */
const [seconds = '60'] = process.argv.slice(2);

process.env['UNROLL_TESTS'] = '^Hostile bytes|^Generated tables|that a power cut truncates';
process.env['UNROLL_FUZZ_SECONDS'] = seconds;

await runCommand(async () => {
  const unit = layers.find(({ name }) => name === 'unit');
  if (unit === undefined) throw new Error('There is no layer of unit tests.');
  const tally = await unit.run({ index: 0, of: 1 });
  report(tally);
  return tally.failed > 0 ? 1 : 0;
});
