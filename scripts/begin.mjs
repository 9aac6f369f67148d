// @ts-check
// The first thing every `npm run` command starts. It uses nothing but Node's own modules, because on a fresh machine
// nothing else is there yet: it installs what package-lock.json names, builds, and hands over to the built command.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [command, ...rest] = process.argv.slice(2);

/** @param {string} message */
function refuse(message) {
  console.error(message);
  // Whoever reads the last line of the tests must not find an older count there.
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
 * npm keeps in node_modules a list of what it has put there. It is written last, so an interrupted install has none.
 * Packages that are missing there because they are for another platform are marked optional in the lock.
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
  console.log('Installing the packages that package-lock.json names…');
  // npm tells its scripts where it is itself; that one is right even where another npm is first on the path.
  const npm = process.env['npm_execpath'];
  const parameters = ['ci', '--ignore-scripts'];
  const { status } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...parameters], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', parameters, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) refuse('npm ci did not succeed; what it says above is the reason. Mend that, then try again.');
}

function buildAll() {
  const { status } = spawnSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) refuse('The build did not succeed; the errors above name the files.');
}

checkNode();
process.chdir(root);
install();
if (command !== 'install') {
  buildAll();
  const file = join(root, 'dist', 'scripts', `${command}.command.mjs`);
  if (!existsSync(file)) refuse(`There is no command “${command}”; see "scripts" in package.json.`);
  // The command finds its own words where it would without this file in front of it.
  process.argv = [process.execPath, file, ...rest];
  await import(pathToFileURL(file).href);
}
