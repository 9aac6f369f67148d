import asc from 'assemblyscript/dist/asc.js';

/** Ten independent chains, more than a core needs to keep its multiply-add units busy, and nothing from memory. */
const source = (relaxed: boolean): string => {
  const names = Array.from({ length: 10 }, (_, i) => `sum${i}`);
  const step = (name: string): string =>
    relaxed ? `${name} = f32x4.relaxed_madd(${name}, m, m);` : `${name} = f32x4.add(f32x4.mul(${name}, m), m);`;
  return `export function turn(n: i32): f32 {
    const m = f32x4.splat(0.5);
    ${names.map((name, i) => `let ${name} = f32x4.splat(${i});`).join(' ')}
    for (let i = 0; i < n; i++) { ${names.map(step).join(' ')} }
    return f32x4.extract_lane(${names.slice(1).reduce((sum, name) => `f32x4.add(${sum}, ${name})`, 'sum0')}, 0);
  }`;
};

/**
 * Peak GFLOP/s of one core: only float32 multiply-adds in 128-bit registers, in WebAssembly, the upper bound of every
 * kernel of this kind. The best of 40 short windows.
 */
export async function measurePeak(relaxed: boolean): Promise<number> {
  let binary: Uint8Array | undefined;
  const flags = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', relaxed ? 'simd,relaxed-simd' : 'simd'];
  const { error } = await asc.main(['peak.ts', ...flags, '--outFile', 'peak.wasm'], {
    readFile: (name) => (name === 'peak.ts' ? source(relaxed) : null),
    writeFile: (_, contents) => {
      binary = contents as Uint8Array;
    },
  });
  if (error !== null || binary === undefined) throw new Error('The peak loop does not compile.', { cause: error });
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(binary));
  const { turn } = instance.exports as { readonly turn: (n: number) => number };
  const turns = 1_000_000;
  let best = Infinity;
  for (let i = 0; i < 40; i++) {
    const start = performance.now();
    turn(turns);
    best = Math.min(best, performance.now() - start);
  }
  return (turns * 10 * 8) / best / 1e6;
}
