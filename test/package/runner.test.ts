import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { npm, packRunner, runnerFiles } from '../../scripts/runnerPackage';
import { scratchFolder } from '../../scripts/scratch';

describe('The packed terminal runner, unpacked into an empty folder', () => {
  const folder = scratchFolder('runner');
  const root = join(folder, 'package');
  let tarball: string;

  before(() => {
    tarball = packRunner();
    const { status, stderr } = spawnSync('tar', ['-xzf', tarball, '-C', folder], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });

  const call = (...words: string[]) =>
    spawnSync(process.execPath, [join(root, 'dist', 'cli.mjs'), ...words], { cwd: folder, encoding: 'utf8' });

  it('contains exactly the runner', () => {
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => statSync(join(root, file)).isFile())
      .map((file) => file.replaceAll('\\', '/'));
    assert.deepEqual(files.sort(), [...runnerFiles].sort());
  });

  it('needs no other package, and names no editor', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>>;
    const own = JSON.parse(readFileSync('package.json', 'utf8')) as Readonly<Record<string, unknown>>;
    assert.equal(manifest['version'], own['version']);
    assert.deepEqual(manifest['bin'], { unroll: './dist/cli.mjs' });
    assert.deepEqual(manifest['engines'], { node: '>=20.19' });
    for (const key of ['dependencies', 'scripts', 'main', 'contributes', 'private']) assert.ok(!(key in manifest), key);
  });

  it('trains a sample to its end, with the fast kernels', () => {
    copyFileSync(resolve('media', 'samples', 'three-steps.rnn.json'), join(folder, 'sample.rnn.json'));
    const { status, stderr } = call('train', 'sample.rnn.json', '--out', 'run');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /simd-fma kernels/);
    assert.match(stderr, /^Finished: /m);
    assert.ok(existsSync(join(folder, 'run', 'records.arrows')));
  });

  it('shares the batch of a long update among threads', () => {
    const wide = {
      data: { task: 'adding', length: 64 },
      model: { cell: 'rnn', hidden: 128 },
      training: { steps: 3, batch: 32 },
    };
    writeFileSync(join(folder, 'wide.rnn.json'), JSON.stringify(wide));
    const { status, stderr } = call('train', 'wide.rnn.json', '--workers', '2', '--out', 'wide');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /2 workers/);
  });

  it('does what its README shows', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const [, experiment = ''] = /```json\n(.*?)```/s.exec(readme) ?? [];
    writeFileSync(join(folder, 'two-numbers.rnn.json'), experiment);
    const lines = [...readme.matchAll(/^unroll (.+?)(?: +#.*)?$/gm)].map(([, line = '']) => line);
    assert.equal(lines.length, 8);
    for (const line of lines) {
      const words = [...line.matchAll(/"([^"]+)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
      const trains = words[0] === 'train' || words[0] === 'resume';
      const { status, stderr } = call(...words, ...(trains ? ['--steps', '5'] : []));
      assert.equal(status, 0, `unroll ${line}\n${stderr}`);
    }
  });

  it('is installed by npm without a network, as a command', () => {
    const home = join(folder, 'installed');
    mkdirSync(home);
    // Nothing listens there.
    const offline = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--registry', 'http://127.0.0.1:9'];
    npm(['install', tarball, ...offline], home);
    const { status, stdout } = spawnSync(join(home, 'node_modules', '.bin', 'unroll'), ['--help'], {
      ...{ encoding: 'utf8', shell: process.platform === 'win32' },
    });
    assert.equal(status, 0);
    assert.match(stdout, /^Usage: unroll COMMAND FILE/);
    assert.deepEqual(
      readdirSync(join(home, 'node_modules')).filter((name) => !name.startsWith('.')),
      ['unroll'],
    );
  });
});
