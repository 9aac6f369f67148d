// `npm run bench [W1 …]`: installs the peers where they are missing, builds, and measures. Everything goes into
// test/bench/RESULTS.md, unless workloads are named: then it is only printed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * @param {string} command
 * @param {readonly string[]} words
 * @param {string} [cwd]
 */
function run(command, words, cwd = '.') {
  const { status } = spawnSync(command, words, { stdio: 'inherit', cwd });
  if (status !== 0) process.exit(status ?? 1);
}

const peers = 'test/bench/peers';
if (!existsSync(`${peers}/node_modules/.package-lock.json`)) {
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], peers);
}
run(process.execPath, ['esbuild.mjs']);
run(process.execPath, ['dist/test/bench/speed.bench.mjs', ...process.argv.slice(2)]);
