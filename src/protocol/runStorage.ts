/** The folder of a run, and the path of a file in it, with `/`. */
interface InFolder {
  /** Where the folder is, as the extension host named it. */
  readonly folder: string;
  /** Relative to the folder. */
  readonly path: string;
}

/**
 * Access to the folder of a run through the extension host, for a trainer that has no file system of its own. The
 * requests are the methods of `RunStorage`.
 */
export type RunStorageRequests = {
  writeFile: { params: InFolder & { readonly bytes: Uint8Array }; result: undefined };
  appendFile: {
    params: InFolder & { readonly bytes: Uint8Array; readonly length: number | undefined };
    result: undefined;
  };
  syncFile: { params: InFolder; result: undefined };
  truncateFile: { params: InFolder & { readonly length: number }; result: undefined };
  removeFile: { params: InFolder; result: undefined };
  readFile: { params: InFolder & { readonly maxBytes: number }; result: Uint8Array | undefined };
  readFilePart: { params: InFolder & { readonly from: number; readonly length: number }; result: Uint8Array };
  listFolder: { params: InFolder; result: readonly string[] };
};
