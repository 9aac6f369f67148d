import { withoutControls } from '../text/plainText';

const maxLength = 200;

/** Maximum size of the file of a name, in bytes. */
export const maxDisplayNameBytes = 64 * 1024;

/** The display name of a run, from the bytes of its file, which may contain anything: the first line, as plain text. */
export function readDisplayName(bytes: Uint8Array | undefined): string | undefined {
  const [line = ''] = new TextDecoder().decode(bytes?.subarray(0, 4 * maxLength)).split(/[\r\n]/);
  return plainName(line) || undefined;
}

/**
 * A name from a file, safe to show: one line without control characters or bidirectional controls, with which a name could
 * look like another one or reorder the text around it. '' if nothing is left.
 */
export function plainName(name: string): string {
  return withoutControls(name.slice(0, maxLength), ' ')
    .replace(/[\n\t\u2028\u2029]/g, ' ')
    .trim();
}

/** The bytes of the file of a name. */
export function writeDisplayName(name: string): Uint8Array {
  return new TextEncoder().encode(`${name}\n`);
}

/**
 * What tells a run from the others of its experiment: its variant and, in a group of seeds, its seed. Undefined for the
 * experiment itself.
 *
 * @param shown the variant's name as it is shown; as plain text by default
 */
export function memberName(
  variant: string | null | undefined,
  seed: number | undefined,
  shown: (name: string) => string = plainName,
): string | undefined {
  const parts = [
    ...(variant === null || variant === undefined ? [] : [shown(variant)]),
    ...(seed === undefined ? [] : [`seed ${seed}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
