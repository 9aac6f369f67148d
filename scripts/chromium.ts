import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { registerCleanup } from './cleanup';

/** Names of Chromium executables on the PATH, in order of preference. */
const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

/** Their paths on macOS. */
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

/** What Playwright turns off by itself. Chromium takes only the last of several lists, so that ours has to repeat it. */
export const featuresOffInPlaywright = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  'msForceBrowserSignIn',
  'msEdgeUpdateLaunchServicesPreferredVersion',
];

/**
 * The suggestions below the address bar: two pages of Chromium's own, which it loads for every new window. They take a
 * process and about two seconds of a core each time, and nobody types an address here.
 */
const addressSuggestions = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];

/** Disables requests to other servers than the one under test, and the sandbox, which Chromium lacks as root (often in CI). */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${[...featuresOffInPlaywright, ...addressSuggestions].join(',')}`,
];

/**
 * The path of a Chromium on this machine. If there is none, it is installed with apt-get as root or in CI.
 *
 * @throws with the command that installs it, where it can't be installed here
 */
export function chromiumPath(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment['CHROME_PATH'];
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`CHROME_PATH is ${named}, which isn't executable. Set it to a Chromium's executable.`);
  }
  const found = find(environment);
  if (found) return found;
  installChromium(environment);
  const installed = find(environment);
  if (installed) return installed;
  throw new Error(
    'The UI tests need Chromium, and none was found. Install one with\n' +
      '  npx playwright-core install chromium\n' +
      'or set CHROME_PATH to the one you have, then try again.',
  );
}

/** Starts a headless Chromium that ends with this process. */
export async function openChromium(): Promise<Browser> {
  const executablePath = chromiumPath();
  const browser = await chromium.launch({ executablePath, args: flags });
  registerCleanup(() => browser.close());
  return browser;
}

function find(environment: NodeJS.ProcessEnv): string | undefined {
  const folders = (environment['PATH'] ?? '').split(delimiter);
  const candidates = [
    ...commands.flatMap((command) => folders.map((folder) => join(folder, command))),
    ...applications,
    chromium.executablePath(),
  ];
  return candidates.find(isExecutable);
}

function installChromium(environment: NodeJS.ProcessEnv): void {
  const root = process.getuid?.() === 0;
  if (!root && !environment['CI']) return;
  const [command, ...first] = root ? ['apt-get'] : ['sudo', '-n', 'apt-get'];
  console.log('Installing Chromium with apt-get…');
  for (const step of [['update'], ['install', '--yes', '--no-install-recommends', 'chromium']]) {
    const { status } = spawnSync(command, [...first, ...step], { stdio: ['ignore', 'ignore', 'inherit'] });
    // Without apt-get, or when it fails, the caller's error says what to do.
    if (status !== 0) return;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
