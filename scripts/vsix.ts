import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** The most that the packed extension may weigh, in bytes. */
export const largestPackage = 1_500_000;

/**
 * Packs the extension as it is shipped, built for production, into `dist/unroll.vsix`, and returns that path.
 * Throws with what the packer says, and where the package weighs more than `largestPackage`.
 */
export function packExtension(): string {
  const file = resolve('dist', 'unroll.vsix');
  mkdirSync(resolve('dist'), { recursive: true });
  const packer = resolve('node_modules', '@vscode', 'vsce', 'vsce');
  // There is no public repository yet that the README's own links could be turned into.
  const links = ['--allow-missing-repository', '--no-rewrite-relative-links'];
  const parameters = ['package', '--no-dependencies', ...links, '--out', file];
  const { status, stdout, stderr } = spawnSync(process.execPath, [packer, ...parameters], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The extension was not packed (exit code ${String(status)}):\n${stdout}${stderr}`);
  const { size } = statSync(file);
  if (size > largestPackage) {
    throw new Error(
      `${file} weighs ${inKilobytes(size)}, but at most ${inKilobytes(largestPackage)} are allowed. ` +
        'See dist/meta/*.json for what grew, and .vscodeignore for what is packed.',
    );
  }
  console.log(`${file}: ${inKilobytes(size)}`);
  return file;
}

function inKilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000).toLocaleString('en')} kB`;
}
