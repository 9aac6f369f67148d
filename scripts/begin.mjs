// @ts-check
// Entry point of every `npm run` command. It uses only Node's own modules, because on a fresh machine nothing else is
// installed: it installs the packages in package-lock.json, builds, and runs the built command.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [command, ...rest] = process.argv.slice(2);

/** @param {string} message */
function refuse(message) {
  console.error(message);
  // The last line of the tests is always a count.
  if (command === 'test') console.log('0 passed, 1 failed');
  process.exit(1);
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  refuse(
    `This is Node ${process.versions.node}; Unroll is built with Node 20.19 or later. Install a newer Node, then try again.`,
  );
}

/**
 * npm writes a list of the installed packages to node_modules. It is written last, so an interrupted install has none.
 * Packages that are missing because they are for another platform are marked optional in the lock.
 */
function isInstalled() {
  if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) return false;
  const { packages: installed } = readJson('node_modules/.package-lock.json');
  const { packages: wanted } = readJson('package-lock.json');
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    return path in installed ? installed[path].version === version : optional === true;
  });
}

function install() {
  if (isInstalled()) return;
  console.log('Installing the packages in package-lock.json…');
  // npm passes its own path to scripts, which is right even when another npm comes first on the PATH.
  const npm = process.env['npm_execpath'];
  const parameters = ['ci', '--ignore-scripts'];
  const { status } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...parameters], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', parameters, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) refuse('npm ci failed; see its output above. Fix the cause, then try again.');
}

function buildAll() {
  const { status } = spawnSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) refuse('The build failed; see the errors above.');
}

checkNode();
process.chdir(root);
install();
if (command !== 'install') {
  buildAll();
  const file = join(root, 'dist', 'scripts', `${command}.command.mjs`);
  if (!existsSync(file)) refuse(`There is no command “${command}”; see "scripts" in package.json.`);
  // The command finds its arguments in the same place as without this file.
  process.argv = [process.execPath, file, ...rest];
  await import(pathToFileURL(file).href);
}
