import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runCommand } from './closing';
import { installedEmbedded } from './installation';
import { EmbeddedServer, installExtension } from './server';
import { packExtension } from './vsix';

/** `npm start`: the extension as it is now, with the samples, in whichever VS Code is at hand. */
async function start(): Promise<number> {
  const folder = sampleWorkspace();
  return hasDesktop() ? startDesktop(folder) : startEmbedded(folder);
}

/** A copy of the samples that may be edited; what the person has changed there is never overwritten. */
function sampleWorkspace(): string {
  const samples = resolve('media', 'samples');
  const folder = resolve('.vscode-test', 'samples');
  mkdirSync(folder, { recursive: true });
  const kept: string[] = [];
  for (const name of readdirSync(samples)) {
    const copy = join(folder, name);
    if (!existsSync(copy)) cpSync(join(samples, name), copy, { recursive: true });
    else if (!readFileSync(copy).equals(readFileSync(join(samples, name)))) kept.push(name);
  }
  console.log(`The samples are in ${folder}`);
  if (kept.length > 0) console.log(`Kept as you left them: ${kept.join(', ')} (delete one to get it back as it was)`);
  return folder;
}

/** `UNROLL_LAUNCHER=embedded` asks for the browser. Inside a remote window's terminal `code` only opens files in that window and cannot load an extension. */
function hasDesktop(): boolean {
  if (process.env['UNROLL_LAUNCHER'] === 'embedded' || process.env['VSCODE_IPC_HOOK_CLI']) return false;
  return spawnSync('code', ['--version'], { shell: process.platform === 'win32' }).status === 0;
}

function startDesktop(folder: string): number {
  console.log('Opening the desktop VS Code…');
  const asRoot =
    process.getuid?.() === 0 ? ['--no-sandbox', '--user-data-dir', resolve('.vscode-test', 'desktop')] : [];
  const parameters = ['--new-window', `--extensionDevelopmentPath=${resolve('.')}`, ...asRoot, folder];
  const { status } = spawnSync('code', parameters, { stdio: 'inherit', shell: process.platform === 'win32' });
  return status ?? 1;
}

/** The packed extension is installed, as a person would: a server that loads sources counts as one under test. */
async function startEmbedded(folder: string): Promise<number> {
  const home = resolve('.vscode-test', 'home');
  mkdirSync(home, { recursive: true });
  const installation = await installedEmbedded();
  installExtension(installation, home, packExtension());
  const server = await EmbeddedServer.start(installation, { token: randomBytes(24).toString('base64url'), home });
  const address = server.address({ folder });
  console.log(`\nUnroll is open in VS Code at\n\n  ${address}\n\nCtrl+C ends it.`);
  openInBrowser(address);
  return server.ended();
}

/** The address is printed in any case, so a machine without a browser, or without a display, loses nothing. */
function openInBrowser(address: string): void {
  const linux = process.platform === 'linux';
  if (linux && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return;
  const opener = spawn(linux ? 'xdg-open' : 'open', [address], { stdio: 'ignore', detached: true });
  opener.on('error', () => undefined);
  opener.unref();
}

await runCommand(start);
