import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { closeAtEnd } from './closing';
import { codeServer, nodeFor, type PinnedPackage } from './release';

/** Where the parts of the embedded VS Code lie; absolute paths. */
export interface Installation {
  /** The Node 24 binary. */
  readonly node: string;
  /** `server-main.js` of the VS Code server. */
  readonly server: string;
}

/**
 * The embedded VS Code, installed into `.vscode-test/` where it is not there yet (about 30 s, 800 MB).
 * Each install is staged in a folder of its own and renamed when complete, so that an interrupted one is begun anew
 * and two at once do not meet.
 * Throws on a platform without it, when npm fails, and when a package is not the pinned one.
 */
export async function installedEmbedded(cache = resolve('.vscode-test')): Promise<Installation> {
  const node = nodeFor(process.platform, process.arch);
  const name = `embedded-${codeServer.version}-node-${node.version}-${process.arch}`;
  const folder = join(cache, name);
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    removeAbandoned(cache);
    await install(join(cache, `${name}${staged}${String(process.pid)}`), folder, node);
  }
  const modules = join(folder, 'node_modules');
  return {
    node: join(modules, node.name, 'bin', 'node'),
    server: join(modules, codeServer.name, 'lib', 'vscode', 'out', 'server-main.js'),
  };
}

/** Between the name of an installation and the id of the process that is still making it. */
const staged = '.part-';

/** Removes what an install left behind whose process is gone. */
function removeAbandoned(cache: string): void {
  for (const entry of readdirSync(cache)) {
    const maker = entry.split(staged).at(1);
    if (maker !== undefined && !isAlive(Number(maker))) rmSync(join(cache, entry), { recursive: true, force: true });
  }
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

async function install(stage: string, folder: string, node: PinnedPackage): Promise<void> {
  console.log(`Installing the embedded VS Code (${codeServer.name} ${codeServer.version}) into .vscode-test/…`);
  closeAtEnd(() => rmSync(stage, { recursive: true, force: true }));
  mkdirSync(stage, { recursive: true });
  writeFileSync(join(stage, 'package.json'), '{ "private": true }');
  const packages = [codeServer, node];
  await npmInstall(stage, ...packages.map(({ name, version }) => `${name}@${version}`));
  packages.forEach((pinned) => {
    verify(stage, pinned);
  });
  // The server's two inner folders carry a shrinkwrap each, which npm follows; `npm ci` finds the first incomplete.
  const inner = join(stage, 'node_modules', codeServer.name, 'lib', 'vscode');
  await npmInstall(inner);
  await npmInstall(join(inner, 'extensions'));
  try {
    renameSync(stage, folder);
  } catch (error) {
    // Another process was faster; its installation is the same.
    if (!existsSync(folder)) throw error;
  }
}

async function npmInstall(folder: string, ...packages: readonly string[]): Promise<void> {
  // Their install scripts compile natives that this use of the workbench does not need.
  const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn('npm', ['install', ...flags, ...packages], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const [complaint, closed] = await Promise.all([text(child.stderr), once(child, 'close')]);
  const code = closed[0] as number | null;
  if (code === 0) return;
  throw new Error(
    `npm install ${packages.join(' ')} ended with exit code ${String(code)}. The embedded VS Code is installed from the npm ` +
      `registry once; check that this machine reaches it, then try again. npm says:\n${complaint}`,
  );
}

function verify(stage: string, { name, version, integrity }: PinnedPackage): void {
  const lock = JSON.parse(readFileSync(join(stage, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly integrity?: string } | undefined>>;
  };
  const found = lock.packages[`node_modules/${name}`]?.integrity;
  if (found === integrity) return;
  throw new Error(
    `${name}@${version} has the digest ${found ?? '(none)'}, but ${integrity} is pinned in scripts/release.ts. ` +
      'It is not the package that was tried, so it is not used. Check which registry npm is set to.',
  );
}
