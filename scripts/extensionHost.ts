import { runTests, TestRunFailedError } from '@vscode/test-electron';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installedEmbedded } from './installation';
import { linkedRepository, scratchFolder, scratchWorkspace } from './scratch';
import { EmbeddedServer } from './server';
import { interrupted } from './progress';
import { runSuiteIn } from './suiteWindow';
import { minimumVersion, testedVersion } from './release';
import { oneFailure, readReport, reportVariable, sum, type Tally } from './tally';

/** The compiled suite; it is the same file for both launchers. */
const suite = resolve('dist', 'test', 'workbench', 'index.cjs');

/**
 * Runs the suite inside a real extension host: of the desktop VS Code if it can be downloaded and displayed, else of the
 * embedded one. Prints which one, and why; `UNROLL_LAUNCHER=desktop|embedded` overrides the choice.
 */
export async function runInExtensionHost(): Promise<Tally> {
  const { launcher, reason } = await chooseLauncher();
  console.log(`Launcher: ${launcher} (${reason}), VS Code: ${testedVersion()}`);
  const report = join(scratchFolder('report'), 'workbench.json');
  const folder = scratchWorkspace(resolve('media', 'samples'));
  const running = launcher === 'desktop' ? runOnDesktop(folder, report) : runEmbedded(folder, report);
  const end = await running.then(
    (code) => `ended with exit code ${String(code)} without a report.`,
    (error: unknown) => `failed: ${error instanceof Error ? error.message : String(error)}`,
  );
  const tally = readReport(report);
  if (tally !== undefined) return tally;
  console.error(`The suite ${end}`);
  return sum([interrupted(report), oneFailure]);
}

interface Choice {
  readonly launcher: 'desktop' | 'embedded';
  readonly reason: string;
}

async function chooseLauncher(): Promise<Choice> {
  const requested = process.env['UNROLL_LAUNCHER'];
  if (requested === 'desktop' || requested === 'embedded')
    return { launcher: requested, reason: 'set by UNROLL_LAUNCHER' };
  if (requested)
    throw new Error(`UNROLL_LAUNCHER is “${requested}”; it can be “desktop” or “embedded”. Set one, or unset it.`);
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    return { launcher: 'embedded', reason: 'there is no display for a desktop window' };
  }
  const releases = 'https://update.code.visualstudio.com/api/releases/stable';
  try {
    const { ok, status } = await fetch(releases, { signal: AbortSignal.timeout(10_000) });
    if (ok) return { launcher: 'desktop', reason: 'VS Code can be downloaded here' };
    return { launcher: 'embedded', reason: `VS Code cannot be downloaded here: ${releases} answers ${String(status)}` };
  } catch {
    return { launcher: 'embedded', reason: 'VS Code cannot be downloaded here: its update server is unreachable' };
  }
}

async function runOnDesktop(folder: string, report: string): Promise<number> {
  const home = scratchFolder('desktop');
  try {
    return await runTests({
      version: desktopVersion(),
      extensionDevelopmentPath: resolve('.'),
      extensionTestsPath: suite,
      extensionTestsEnv: { [reportVariable]: report },
      launchArgs: [folder, '--disable-extensions', '--disable-workspace-trust', '--user-data-dir', home],
    });
  } catch (error) {
    // Failed tests are in the report; other errors aren't.
    if (error instanceof TestRunFailedError) return error.code ?? 1;
    throw error;
  }
}

function desktopVersion(): string {
  if (testedVersion() === 'newest') return 'stable';
  return minimumVersion(JSON.parse(readFileSync('package.json', 'utf8')) as Parameters<typeof minimumVersion>[0]);
}

async function runEmbedded(folder: string, report: string): Promise<number> {
  const server = await EmbeddedServer.start(await installedEmbedded(), {
    development: true,
    environment: { [reportVariable]: report },
  });
  return runSuiteIn(server, { folder, extension: linkedRepository(), suite });
}
