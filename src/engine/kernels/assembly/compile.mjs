// Compiles the kernels when a bundle imports one of the modules named below, and embeds the bytes in it. Compiled
// modules are cached under dist/kernels by a digest of the sources and flags, so that a build compiles only what changed.
import asc from 'assemblyscript/dist/asc.js';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const cache = 'dist/kernels';

const common = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--disable', 'bulk-memory'],
  // Only exports of the entry leave the module, and none of them returns a vector.
  ...['--disableWarning', '112'],
];
const shared = ['threads', '--sharedMemory', '--maximumMemory', '65536'];

/** The flags of each module: with or without fused multiply-add, over a memory of its own or one that is shared. */
const modules = new Map([
  ['simd.wasm', [...common, '--enable', 'simd']],
  ['simd-fma.wasm', [...common, '--enable', 'simd,relaxed-simd']],
  ['simd-shared.wasm', [...common, '--enable', 'simd', '--enable', ...shared]],
  ['simd-fma-shared.wasm', [...common, '--enable', 'simd,relaxed-simd', '--enable', ...shared]],
]);

/** Compilations under way or done in this process, by file. */
const compilations = new Map();

function sources() {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(folder, name));
}

/** @param {string} name */
function compiledModule(name) {
  const flags = modules.get(name);
  if (flags === undefined) {
    throw new Error(`There is no kernel module "${name}"; this build makes ${[...modules.keys()].join(', ')}.`);
  }
  const digest = createHash('sha256').update(asc.version).update(flags.join(' '));
  for (const source of sources()) digest.update(source).update(readFileSync(source));
  const file = join(cache, `${digest.digest('hex').slice(0, 16)}-${name}`);
  const compilation = compilations.get(file) ?? readCached(file) ?? compile(file, flags);
  compilations.set(file, compilation);
  return compilation;
}

/** @param {string} file */
function readCached(file) {
  try {
    return Promise.resolve(readFileSync(file));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} file
 * @param {readonly string[]} flags
 */
async function compile(file, flags) {
  let bytes;
  const { error, stderr } = await asc.main([join(folder, 'index.ts'), ...flags, '--outFile', basename(file)], {
    readFile: (name) => readable(name),
    writeFile: (_, contents) => void (bytes = contents),
  });
  if (error || bytes === undefined)
    throw new Error(`The kernels do not compile.\n${stderr.toString()}`, { cause: error });
  mkdirSync(cache, { recursive: true });
  writeFileSync(file, bytes);
  return bytes;
}

/** @param {string} name */
function readable(name) {
  try {
    return readFileSync(name, 'utf8');
  } catch {
    return null;
  }
}

/** The esbuild plugin that resolves imports of `assembly/NAME.wasm`: they export the compiled `bytes`, a Uint8Array. */
export const embedsKernels = {
  name: 'kernels',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/assembly\/[\w-]+\.wasm$/ }, ({ path }) => ({ path: basename(path), namespace: 'kernels' }));
    onLoad({ filter: /.*/, namespace: 'kernels' }, ({ path }) => ({
      contents: `export { default as bytes } from 'bytes:${path}';`,
    }));
    onResolve({ filter: /^bytes:/ }, ({ path }) => ({ path: path.slice('bytes:'.length), namespace: 'kernel-bytes' }));
    onLoad({ filter: /.*/, namespace: 'kernel-bytes' }, async ({ path }) => ({
      contents: await compiledModule(path),
      loader: 'binary',
      watchFiles: sources(),
    }));
  },
};
