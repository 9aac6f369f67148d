import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { format } from 'node:util';
import { run as runMocha } from '../../scripts/mochaRun';
import { formatTally, suiteLine } from '../../scripts/counts';
import { report } from '../../scripts/tally';

/**
 * The entry point that VS Code calls: runs every suite of this folder inside the extension host.
 * Throws when a test fails, which VS Code reports.
 */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const { default: Mocha } = await import('mocha');
  Mocha.reporters.Base.consoleLog = (...words: readonly unknown[]) => {
    for (const line of format(...words).split('\n')) console.log(suiteLine + line);
  };
  const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', color: false, timeout: 30_000, slow: 30_000 });
  if (process.env['UNROLL_TESTS']) mocha.grep(new RegExp(process.env['UNROLL_TESTS']));
  // Mocha would load the files through its own module loader, which does not know the module `vscode`.
  const load = createRequire(__filename);
  for (const file of readdirSync(__dirname).filter((name) => name.endsWith('.suite.cjs'))) {
    mocha.suite.emit('pre-require', globalThis, file, mocha);
    load(join(__dirname, file));
  }
  const tally = await runMocha(mocha, { bySuite: true });
  report(tally);
  if (tally.failed > 0) throw new Error(formatTally(tally));
}
