import 'mocha/mocha';
import { extensions } from 'vscode';
import { formatTally, suiteLine, tallyLine, type Counts } from '../../scripts/counts';

// The entry point that VS Code calls in the extension host of a browser, which is a worker.

mocha.setup({ ui: 'bdd', reporter: 'spec', timeout: 60_000, slow: 30_000, color: false });

/**
 * Runs every suite of this folder. The last line that it prints is the tally as JSON.
 *
 * @throws when a test fails, which VS Code reports
 */
export async function run(): Promise<void> {
  // The same suites as in the extension host of Node.js.
  await import('../workbench/basics.suite');
  await import('../workbench/language.suite');
  await import('../workbench/largeExperiment.suite');
  await import('../workbench/dataFiles.suite');
  await import('../workbench/tables.suite');
  await import('../workbench/training.suite');
  await import('../workbench/testing.suite');
  await import('../workbench/languageModelTools.suite');
  await import('../workbench/restoring.suite');
  await import('./workspaceStorage.suite');
  await import('../workbench/readOnly.suite');
  const { selectedTests } = extensions.getExtension('unroll.unroll')?.packageJSON as {
    readonly selectedTests?: string;
  };
  if (selectedTests) mocha.grep(new RegExp(selectedTests));
  const counts: { -readonly [Result in keyof Counts]: number } = { passed: 0, failed: 0, skipped: 0 };
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => {
      resolve();
    });
    runner.on('pass', (test) => {
      counts.passed += 1;
      print(`✔ ${test.fullTitle()} (${test.duration ?? 0}ms)`);
    });
    runner.on('fail', (test, error: Error) => {
      counts.failed += 1;
      print(`✗ ${test.fullTitle()}: ${error.stack ?? error.message}`);
    });
    runner.on('pending', (test) => {
      counts.skipped += 1;
      print(`- ${test.fullTitle()}`);
    });
  });
  console.log(tallyLine + JSON.stringify(counts));
  if (counts.failed > 0) throw new Error(formatTally(counts));
}

function print(text: string): void {
  for (const line of text.split('\n')) console.log(suiteLine + line);
}
