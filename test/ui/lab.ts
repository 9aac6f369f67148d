import type { Browser } from 'playwright-core';
import { openChromium } from '../../scripts/chromium';
import { installedEmbedded } from '../../scripts/installation';
import { testedVersion } from '../../scripts/release';
import { linkedRepository } from '../../scripts/scratch';
import { EmbeddedServer, type ServerOptions } from '../../scripts/server';

/** What all windows of a test run share: one server, which takes seconds to start, and one browser. */
export interface Lab {
  readonly server: EmbeddedServer;
  readonly browser: Browser;
  /** Where windows load the extension from; undefined where it is installed in the server instead. */
  readonly sources: string | undefined;
}

/**
 * The largest of VS Code's own extensions, which every window would read and start, and of which Unroll uses nothing. The
 * tests of the packed extension and the suite in the extension host have all of them. Those that run in a browser, too,
 * would be started there instead.
 */
const withoutExtensions = [
  'copilot',
  'debug-auto-launch',
  'git',
  'github',
  'microsoft-authentication',
  'ms-vscode.js-debug',
  'ms-vscode.js-debug-companion',
];

let shared: Promise<Lab> | undefined;

/** The lab of this process, set up at the first call; the command that runs the tests closes it. */
export function sharedLab(): Promise<Lab> {
  return (shared ??= openLab({ development: true, withoutExtensions }, linkedRepository()));
}

/** A lab whose windows are in Restricted Mode where their settings turn workspace trust on; trust is not given. */
export function restrictedLab(): Promise<Lab> {
  return openLab({ development: true, restricts: true, withoutExtensions }, linkedRepository());
}

/** A lab whose windows are cross-origin isolated, as those of vscode.dev are when asked for it. */
export function isolatingLab(): Promise<Lab> {
  return openLab({ development: true, isolates: true }, linkedRepository());
}

/** A lab around an extension that is installed in `home`. */
export function labAt(home: string): Promise<Lab> {
  return openLab({ home }, undefined);
}

async function openLab(options: ServerOptions, sources: string | undefined): Promise<Lab> {
  // What is left out are extensions of the newest VS Code.
  const kept = testedVersion() === 'newest' ? options : { ...options, withoutExtensions: [] };
  const server = await EmbeddedServer.start(await installedEmbedded(), kept);
  return { server, browser: await openChromium(), sources };
}
