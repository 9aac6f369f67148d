/** A module of kernels that the build compiles from ../assembly and embeds. */
declare module '*.wasm' {
  export const bytes: Uint8Array<ArrayBuffer>;
}
