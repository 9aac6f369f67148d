import { bytes as fma } from '../assembly/simd-fma.wasm';
import { bytes as fmaShared } from '../assembly/simd-fma-shared.wasm';
import { bytes as plain } from '../assembly/simd.wasm';
import { bytes as plainShared } from '../assembly/simd-shared.wasm';
import { Arena } from './arena';
import type { Instructions } from './instructions';

/**
 * The builds of the kernels: `simd-fma` rounds a multiply-add once (relaxed SIMD), `simd` twice, with the same bits on
 * all machines.
 */
export type Build = 'simd' | 'simd-fma';

/** One instance of the kernels with the memory that it works on. */
export interface Machine {
  readonly instructions: Instructions;
  readonly arena: Arena;
  readonly module: WebAssembly.Module;
}

const bytes: Readonly<
  Record<Build, { readonly own: Uint8Array<ArrayBuffer>; readonly shared: Uint8Array<ArrayBuffer> }>
> = {
  simd: { own: plain, shared: plainShared },
  'simd-fma': { own: fma, shared: fmaShared },
};

/** Compiled modules, cached because every learner creates an instance. */
const modules = new Map<Uint8Array<ArrayBuffer>, WebAssembly.Module>();

/** Whether this machine and its JavaScript engine can run the build. */
export function runs(build: Build): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(bytes[build].own);
}

/** Creates an instance over a memory of its own, shared if the host supports it; `runs(build)` must hold. */
export function startMachine(build: Build): Machine {
  const shared = typeof SharedArrayBuffer === 'function' && WebAssembly.validate(bytes[build].shared);
  const arena = Arena.create(shared);
  const module = moduleOf(bytes[build][shared ? 'shared' : 'own']);
  const instructions = instanceOver(module, arena.memory);
  arena.reserve(instructions.heapBase());
  return { instructions, arena, module };
}

/** Creates an instance of a module; its memory may be that of another thread's machine. */
export function instanceOver(module: WebAssembly.Module, memory: WebAssembly.Memory): Instructions {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  // The build compiles the module from the same declarations that `Instructions` repeats.
  return exports as unknown as Instructions;
}

function moduleOf(source: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  const known = modules.get(source) ?? new WebAssembly.Module(source);
  modules.set(source, known);
  return known;
}
