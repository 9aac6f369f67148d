import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { minimumVersion, releases } from '../../../scripts/release';

type Row = Readonly<Record<string, string>>;

interface Job {
  readonly 'runs-on': string;
  readonly strategy?: {
    readonly matrix: {
      readonly include?: readonly Row[];
      readonly os?: readonly string[];
      readonly vscode?: readonly string[];
    };
  };
  readonly env?: Row;
  readonly steps: readonly { readonly run?: string; readonly with?: Readonly<Record<string, unknown>> }[];
}

/** The rows of the matrix of a job; one without columns where it has none. */
function rowsOf({ strategy }: Job): readonly Row[] {
  const { include, os, vscode } = strategy?.matrix ?? {};
  if (include) return include;
  return (os ?? []).flatMap((system) => (vscode ?? []).map((version) => ({ os: system, vscode: version })));
}

describe('The workflow of CI', () => {
  const { jobs } = parse(readFileSync('.github/workflows/ci.yml', 'utf8')) as {
    readonly jobs: Readonly<Record<string, Job>>;
  };
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly engines: { readonly node: string; readonly vscode: string };
    readonly scripts: Readonly<Record<string, string>>;
  };
  const runningLayer = (layer: string): readonly Job[] =>
    Object.values(jobs).filter(({ steps }) => steps.some(({ run }) => run?.includes(`npm run test:${layer}`)));
  const systems = ['macos-latest', 'ubuntu-latest', 'windows-latest'];

  it('runs the unit tests on the oldest supported Node.js and on each later one with long-term support', () => {
    const versions = runningLayer('unit').flatMap((job) => rowsOf(job).map(({ node }) => node));
    assert.deepEqual([...new Set(versions)].sort(), [/\d+\.\d+/.exec(manifest.engines.node)?.[0], '22', '24']);
  });

  it('runs the suite of the extension host in the oldest supported VS Code and in the newest one, on each system', () => {
    const rows = runningLayer('workbench').flatMap(rowsOf);
    for (const version of Object.keys(releases)) {
      const on = rows.filter(({ vscode }) => vscode === version).map(({ os }) => os);
      assert.deepEqual(on.sort(), systems, version);
    }
    assert.ok(minimumVersion(manifest) !== '');
  });

  for (const layer of ['unit', 'workbench', 'package'])
    it(`runs the layer ${layer} on each system`, () => {
      // The job `check` runs all layers.
      const on = [jobs['check']?.['runs-on'], ...runningLayer(layer).flatMap((job) => rowsOf(job).map(({ os }) => os))];
      assert.deepEqual([...new Set(on)].sort(), systems);
    });

  it('passes what a matrix says to the tests', () => {
    for (const job of runningLayer('workbench')) assert.equal(job.env?.['UNROLL_VSCODE'], '${{ matrix.vscode }}');
    for (const job of runningLayer('package')) assert.equal(job.env?.['UNROLL_TESTS'], '${{ matrix.tests }}');
  });

  it('names only scripts that exist', () => {
    const named = Object.values(jobs).flatMap(({ steps }) =>
      steps.flatMap(({ run = '' }) => [...run.matchAll(/npm run (\S+)/g)].map(([, script = '']) => script)),
    );
    assert.ok(named.length > 0);
    for (const script of named) assert.ok(script in manifest.scripts, script);
  });

  it('can run the scripts of the package in the command line of Windows', () => {
    for (const [name, script] of Object.entries(manifest.scripts))
      assert.doesNotMatch(script, /'|^\w+=|\$|;|\brm |\bcp |\bmkdir /, name);
  });
});
