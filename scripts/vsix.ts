import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Maximum number of bytes of the packed extension. */
export const maxPackageBytes = 2_400_000;

/**
 * Packs the extension, built for production, into `dist/unroll.vsix`, and returns that path.
 *
 * @throws with the packer's output when it fails, and when the package is larger than `maxPackageBytes`
 */
export function packExtension(): string {
  const file = resolve('dist', 'unroll.vsix');
  mkdirSync(resolve('dist'), { recursive: true });
  const packer = resolve('node_modules', '@vscode', 'vsce', 'vsce');
  // Without a repository there is none to which vsce could rewrite the README's links.
  const isPublic = 'repository' in (JSON.parse(readFileSync('package.json', 'utf8')) as object);
  const links = isPublic ? [] : ['--allow-missing-repository', '--no-rewrite-relative-links'];
  const parameters = ['package', '--no-dependencies', ...links, '--out', file];
  const { status, stdout, stderr } = spawnSync(process.execPath, [packer, ...parameters], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The extension was not packed (exit code ${String(status)}):\n${stdout}${stderr}`);
  const { size } = statSync(file);
  if (size > maxPackageBytes) {
    throw new Error(
      `${file} has ${formatKilobytes(size)}, but at most ${formatKilobytes(maxPackageBytes)} are allowed. ` +
        'See dist/meta/*.json for sizes, and .vscodeignore for the packed files.',
    );
  }
  console.log(`${file}: ${formatKilobytes(size)}`);
  return file;
}

function formatKilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000).toLocaleString('en')} kB`;
}
