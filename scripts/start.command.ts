import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runCommand } from './cleanup';
import { installedEmbedded } from './installation';
import { EmbeddedServer, installExtension } from './server';
import { packExtension } from './vsix';

/** `npm start`: opens the current extension with the samples, in the desktop VS Code if there is one, else in a browser. */
async function start(): Promise<number> {
  const folder = sampleWorkspace();
  return hasDesktop() ? startDesktop(folder) : startEmbedded(folder);
}

/** A copy of the samples for editing; files that the user has changed are never overwritten. */
function sampleWorkspace(): string {
  const samples = resolve('media', 'samples');
  const folder = resolve('.vscode-test', 'samples');
  mkdirSync(folder, { recursive: true });
  const changed: string[] = [];
  for (const name of readdirSync(samples)) {
    const copy = join(folder, name);
    if (!existsSync(copy)) cpSync(join(samples, name), copy, { recursive: true });
    else if (!readFileSync(copy).equals(readFileSync(join(samples, name)))) changed.push(name);
  }
  console.log(`The samples are in ${folder}`);
  if (changed.length > 0)
    console.log(`Not overwritten, because you changed them: ${changed.join(', ')} (delete a file to restore it)`);
  return folder;
}

/** `UNROLL_LAUNCHER=embedded` forces the browser. In the terminal of a remote window `code` only opens files in that window and can't load an extension. */
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

/** Installs the packed extension: VS Code treats a server that loads sources as one under test. */
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

/** Opens an address if there is a browser and a display. It is printed in any case. */
function openInBrowser(address: string): void {
  const linux = process.platform === 'linux';
  if (linux && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return;
  const opener = spawn(linux ? 'xdg-open' : 'open', [address], { stdio: 'ignore', detached: true });
  opener.on('error', () => undefined);
  opener.unref();
}

await runCommand(start);
