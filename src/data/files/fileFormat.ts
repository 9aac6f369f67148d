/** A file format that is recognized but not read, and what to do. */
export interface ForeignFormat {
  /** The format, as in "is …". */
  readonly name: string;
  readonly advice: string;
}

/** A format and the first bytes of its files, as Latin-1 text. */
interface Signature extends ForeignFormat {
  readonly start: string;
  /** Ending of the file's name, where several formats share the signature. */
  readonly ending?: RegExp;
}

const decompress = 'Decompress it first.';
const toCsv = 'Export it as CSV in UTF-8.';
const toUtf8 = 'Save it as UTF-8.';
const toSafetensors = 'In PyTorch, save the state dict with safetensors.torch.save_file.';
const gitLfs: ForeignFormat = {
  name: 'a Git LFS pointer, not the file itself',
  advice: 'Run "git lfs pull" to download the file.',
};

/** The signatures that the formats' specifications define. */
const signatures: readonly Signature[] = [
  { start: 'PK\x03\x04', ending: /\.xls[xmb]$/i, name: 'an Excel workbook', advice: toCsv },
  { start: 'PK\x03\x04', ending: /\.ods$/i, name: 'an OpenDocument spreadsheet', advice: toCsv },
  { start: 'PK\x03\x04', ending: /\.(?:pt|pth|ckpt|bin|safetensors)$/i, name: 'a PyTorch file', advice: toSafetensors },
  { start: 'PK\x03\x04', ending: /\.(?:keras)$/i, name: 'a Keras model', advice: 'Save its weights as safetensors.' },
  { start: 'PK\x03\x04', ending: /\.npz$/i, name: 'a NumPy archive', advice: toCsv },
  { start: 'PK\x03\x04', name: 'a ZIP archive', advice: 'Extract it first.' },
  { start: '7z\xbc\xaf\x27\x1c', name: 'a 7-Zip archive', advice: 'Extract it first.' },
  { start: 'Rar!\x1a\x07', name: 'a RAR archive', advice: 'Extract it first.' },
  { start: '\xd0\xcf\x11\xe0', name: 'an old Excel workbook', advice: toCsv },
  { start: '\x1f\x8b', name: 'compressed with gzip', advice: decompress },
  { start: 'BZh', name: 'compressed with bzip2', advice: decompress },
  { start: '\xfd7zXZ\x00', name: 'compressed with xz', advice: decompress },
  { start: '\x28\xb5\x2f\xfd', name: 'compressed with Zstandard', advice: decompress },
  { start: '\xff\xfe\x00\x00', name: 'UTF-32 text', advice: toUtf8 },
  { start: '\x00\x00\xfe\xff', name: 'UTF-32 text', advice: toUtf8 },
  { start: '\xff\xfe', name: 'UTF-16 text', advice: toUtf8 },
  { start: '\xfe\xff', name: 'UTF-16 text', advice: toUtf8 },
  { start: 'PAR1', name: 'a Parquet file', advice: toCsv },
  { start: 'ARROW1', name: 'an Arrow file', advice: toCsv },
  { start: '\x89HDF\r\n', name: 'an HDF5 file', advice: 'Export what you need as CSV or safetensors.' },
  { start: '\x93NUMPY', name: 'a NumPy array', advice: toCsv },
  { start: '\x80\x02', ending: /\.(?:pt|pth|ckpt|bin|safetensors)$/i, name: 'a PyTorch file', advice: toSafetensors },
  ...[2, 3, 4, 5].map((protocol) => ({
    start: `\x80${String.fromCharCode(protocol)}`,
    name: 'a Python pickle',
    advice: 'In Python, save a table as CSV, and weights as safetensors.',
  })),
  { start: 'MATLAB 5.0 MAT-file', name: 'a MATLAB file', advice: toCsv },
  { start: 'SQLite format 3\x00', name: 'an SQLite database', advice: toCsv },
  { start: '%PDF-', name: 'a PDF file', advice: 'Save its text or table as a text file in UTF-8.' },
  { start: 'version https://git-lfs.github.com/spec/', ...gitLfs },
];

/**
 * The format of a file that is neither a text in UTF-8 nor safetensors, by its first bytes; undefined if they match no
 * known format.
 *
 * @param path with the ending of the file's name
 */
export function foreignFormat(bytes: Uint8Array, path: string): ForeignFormat | undefined {
  const start = Array.from(bytes.subarray(0, 64), (byte) => String.fromCharCode(byte)).join('');
  if (isOfficeDocument(start) && !/\.(?:docx|pptx)$/i.test(path)) return { name: 'an Excel workbook', advice: toCsv };
  const found = signatures.find((one) => start.startsWith(one.start) && one.ending?.test(path) !== false);
  return found ?? (isUtf16(bytes.subarray(0, 64)) ? { name: 'UTF-16 text', advice: toUtf8 } : htmlPage(start));
}

/** Whether a file is an Office document whatever its ending: a ZIP archive whose first entry is the list of its parts. */
function isOfficeDocument(start: string): boolean {
  return start.startsWith('PK\x03\x04') && start.slice(30).startsWith('[Content_Types].xml');
}

/** Whether bytes are UTF-16 without a byte-order mark: half of each character of ASCII is 0, always on the same side. */
function isUtf16(bytes: Uint8Array): boolean {
  const even = bytes.filter((byte, at) => at % 2 === 0 && byte === 0).length;
  const odd = bytes.filter((byte, at) => at % 2 === 1 && byte === 0).length;
  const isText = bytes.every((byte) => byte === 0 || byte >= 9);
  return isText && bytes.length >= 8 && Math.min(even, odd) === 0 && Math.max(even, odd) >= 0.4 * bytes.length;
}

/** A page that a server gave instead of the file, such as the view of a file on GitHub. */
function htmlPage(start: string): ForeignFormat | undefined {
  if (!/^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head)\b/i.test(start)) return undefined;
  return { name: 'a web page (HTML), not the file itself', advice: 'Download the raw file.' };
}
