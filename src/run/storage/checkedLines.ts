import { checksumKey, textChecksum } from './checksum';
import { english } from '../../text/translate';

/** A line that could not be read, and its number in the file, from 1. */
export interface DamagedLine {
  readonly number: number;
  readonly text: string;
}

/** The content of a file of JSON lines. */
export interface LinesRead<T> {
  readonly values: readonly T[];
  /** Lines that are damaged or truncated. */
  readonly damaged: readonly DamagedLine[];
}

/** Objects as JSON lines, each with a checksum of its other keys as JSON without spaces. */
export function writeCheckedLines(values: readonly object[]): string {
  return values
    .map((value) => `${JSON.stringify({ ...value, [checksumKey]: textChecksum(JSON.stringify(value)) })}\n`)
    .join('');
}

/**
 * Reads a file of JSON lines. A line without a checksum, as earlier versions wrote it, is accepted.
 *
 * @param parse the value of a line from its keys without the checksum; undefined if they are not one
 */
export function readCheckedLines<T>(
  bytes: Uint8Array | undefined,
  parse: (keys: Readonly<Record<string, unknown>>) => T | undefined,
): LinesRead<T> {
  const lines = new TextDecoder().decode(bytes ?? new Uint8Array()).split('\n');
  const read = lines.map((text, n) => ({ number: n + 1, text, value: parseLine(text, parse) }));
  return {
    values: read.flatMap(({ value }) => value ?? []),
    damaged: read.filter(({ text, value }) => value === undefined && text !== ''),
  };
}

/** The message about damaged lines in a file; undefined if there are none. */
export function formatDamagedLines(
  path: string,
  [first, ...others]: readonly DamagedLine[],
  loss: string,
): string | undefined {
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : english` and ${others.length} more`;
  return english`${path} is damaged in line ${first.number}${more}: ${loss}.`;
}

function parseLine<T>(line: string, parse: (keys: Readonly<Record<string, unknown>>) => T | undefined): T | undefined {
  try {
    const json: unknown = JSON.parse(line);
    if (typeof json !== 'object' || json === null) return undefined;
    const { [checksumKey]: checksum, ...keys } = json as Record<string, unknown>;
    return checksum === undefined || checksum === textChecksum(JSON.stringify(keys)) ? parse(keys) : undefined;
  } catch {
    return undefined;
  }
}
