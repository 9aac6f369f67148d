import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { installedEmbedded } from '../../scripts/installation';
import { scratchFolder } from '../../scripts/scratch';
import { installExtension } from '../../scripts/server';
import { packExtension } from '../../scripts/vsix';
import { labAt } from '../ui/lab';
import { Workbench } from '../ui/workbench';

describe('The packed extension, installed into a clean VS Code', () => {
  const home = scratchFolder('clean');
  let workbench: Workbench;

  before(async () => {
    installExtension(await installedEmbedded(), home, packExtension());
    workbench = await Workbench.open({ lab: await labAt(home) });
  });

  /** The files of the installed package, with `/`. */
  const installed = (): { readonly root: string; readonly files: readonly string[] } => {
    const extensions = join(home, 'extensions');
    const [folder] = readdirSync(extensions).filter((name) => name.startsWith('unroll.unroll-'));
    const root = join(extensions, folder);
    return { root, files: filesIn(root) };
  };

  it('contains exactly the code, its documentation and its media', () => {
    const documents = filesIn('docs').filter((file) => file.endsWith('.md'));
    const expected = [
      ...['package.json', 'package.nls.json', 'package.nls.zh-cn.json', 'l10n/bundle.l10n.zh-cn.json'],
      ...['readme.md', 'changelog.md', 'LICENSE.txt', 'SECURITY.md'],
      ...['ARCHITECTURE.md', 'CONTRIBUTING.md', 'CITATION.cff', 'THIRD-PARTY-NOTICES.txt'],
      ...[
        'extension.cjs',
        'extension.web.js',
        'trainer.web.js',
        'cli.mjs',
        'trainer.cjs',
        'watchThread.cjs',
        'workerThread.cjs',
      ].map((file) => `dist/${file}`),
      ...['dist/experiment.schema.json', 'dist/webview/main.js', 'dist/webview/main.css'],
      ...['dist/webview/recorded.js', 'dist/webview/recorded.css'],
      ...documents.map((file) => `docs/${file}`),
      ...filesIn('media').map((file) => `media/${file}`),
    ];
    // VS Code writes this file when it installs a package.
    const found = installed().files.filter((file) => file !== '.vsixmanifest');
    assert.deepEqual([...found].sort(), expected.sort());
  });

  it('has what its documents link to and show, without an address', () => {
    const { root, files } = installed();
    // vsce changes the case of some names.
    const known = new Set(files.map((file) => file.toLowerCase()));
    const documents = files.filter((file) => file.endsWith('.md') && !file.startsWith('media/'));
    const missing = documents.flatMap((file) => {
      const links = readFileSync(join(root, file), 'utf8').matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g);
      const targets = [...links].map(([, link = '']) => posix.join(posix.dirname(file), link));
      return targets.filter((target) => !known.has(target.toLowerCase())).map((target) => `${file}: ${target}`);
    });
    // Results of measurements and the pictures of one page are in the repository only: the package has a limit.
    const inRepository = /: (?:test\/\S+|docs\/pictures\/\S+)$/;
    assert.deepEqual(
      missing.filter((one) => !inRepository.test(one) || one.startsWith('readme.md')),
      [],
    );
    assert.ok(known.has('media/readme/run.png'));
  });

  it('opens its walkthrough in a first window without editors', async () => {
    await workbench.page.getByText('Get Started with Unroll').first().waitFor();
    await workbench.page.getByText('Open an experiment').first().waitFor();
    await workbench.screenshot('walkthrough');
  });

  it('trains a sample to its end', async () => {
    await workbench.openFile('three-steps.rnn.json');
    await workbench.codeLens('▶ Train').click();
    await workbench.webviewFrame().locator('.progress', { hasText: 'finished' }).waitFor();
    await workbench.screenshot('packed');
    assert.deepEqual(await workbench.problems(0), []);
  });

  it('completes the steps of the walkthrough by what was done, and opens it by a command', async () => {
    await workbench.runCommand('Unroll: Get Started');
    const done = (step: string) => workbench.page.locator(`[data-done-step-id$="#${step}"].complete`);
    await done('open').waitFor();
    await done('train').waitFor();
    assert.equal(await done('compare').count(), 0);
  });
});

/** The paths of the files at any depth, with `/`. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(join(folder, file)).isFile())
    .map((file) => file.replaceAll('\\', '/'));
}
