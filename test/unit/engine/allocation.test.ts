import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { cells } from '../../../src/engine/cells/registry';
import { testedKernels } from './kernelSets';

const command = resolve('dist', 'test', 'unit', 'engine', 'allocation.command.mjs');

describe('the time loop', () => {
  // The reference kernels are plain TypeScript, whose doubles are on the heap until all of it is compiled.
  for (const { name } of testedKernels.filter(({ name }) => name !== 'reference')) {
    for (const { name: cell } of cells) {
      it(`${name}: ${cell}: allocates nothing, for any number of steps`, () => {
        // Otherwise the amount of compiled code, and with it the doubles on the heap, would depend on the load of the
        // machine.
        const words = ['--predictable', '--expose-gc', command, name, cell];
        const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 50_000 });
        assert.equal(status, 0, stderr);
        // An object has at least 16 bytes, and a step would allocate one in each layer and direction.
        assert.ok(Number(stdout) < 8, `${stdout.trim()} bytes per step`);
      });
    }
  }
});
