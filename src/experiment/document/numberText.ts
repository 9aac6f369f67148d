import { truncate } from '../../text/quoting';
import { english } from '../../text/translate';

/** A number that JSON does not allow as it is written, and its place in the text. */
export interface InvalidNumber {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  /** What JSON writes instead; undefined where that is not known. */
  readonly valid: string | undefined;
}

/** Longest text around an error that is searched for a number. */
const maxLength = 60;

const isNumberCharacter = (character: string): boolean => /[\w.+\-,]/.test(character);

const digits = String.raw`(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const decimal = new RegExp(`^[+-]?${digits}$`, 'i');
const decimalComma = /^[+-]?\d+,\d+(?:e[+-]?\d+)?$/i;
const groupedByCommas = /^[+-]?\d{1,3}(?:,\d{3})*,\d{3}\.\d+$/;
const groupedByUnderscores = /^[+-]?\d+(?:_\d+)+(?:\.\d+)?$/;
const hexadecimal = /^0x[\da-f]{1,13}$/i;
const notFinite = /^[+-]?(?:nan|inf|infinity)$/i;
/** Constants of Python. */
const constants: ReadonlyMap<string, string> = new Map([
  ['True', 'true'],
  ['False', 'false'],
  ['None', 'null'],
]);

/**
 * The number at a syntax error, as people and other languages write it (`+1`, `.5`, `01`, `0,001`), with what JSON
 * writes instead; also the constants of Python. Undefined if there is none.
 *
 * @param offset where the parser reports the error
 * @param commas whether a comma between digits may be a decimal comma: in a list it separates two numbers
 */
export function invalidNumber(text: string, offset: number, commas: boolean): InvalidNumber | undefined {
  const belongs = (at: number): boolean => {
    const character = text.charAt(at);
    return (
      character !== '' && isNumberCharacter(character) && (character !== ',' || (commas && isBetweenDigits(text, at)))
    );
  };
  let from = offset;
  while (from > 0 && offset - from < maxLength && belongs(from - 1)) from -= 1;
  let to = offset;
  while (to < text.length && to - offset < maxLength && belongs(to)) to += 1;
  const written = text.slice(from, to);
  const found = adviceFor(written);
  if (found === undefined) return undefined;
  const { advice, valid } = found;
  const message = english`${truncate(written)} is not valid JSON: ${advice}${valid === undefined ? '' : ` ${valid}`}.`;
  return { offset: from, length: to - from, message, valid };
}

function isBetweenDigits(text: string, at: number): boolean {
  return /\d/.test(text.charAt(at - 1)) && /\d/.test(text.charAt(at + 1));
}

function adviceFor(written: string): { readonly advice: string; readonly valid: string | undefined } | undefined {
  const constant = constants.get(written);
  if (constant !== undefined) return { advice: english`write`, valid: constant };
  if (notFinite.test(written)) return { advice: english`write a finite number`, valid: undefined };
  if (decimalComma.test(written))
    return { advice: english`write a decimal point,`, valid: plain(written.replace(',', '.')) };
  if (groupedByCommas.test(written)) {
    return { advice: english`leave out the thousands separators,`, valid: plain(written.replaceAll(',', '')) };
  }
  if (groupedByUnderscores.test(written)) {
    return { advice: english`leave out the underscores,`, valid: plain(written.replaceAll('_', '')) };
  }
  if (hexadecimal.test(written)) return { advice: english`write it in decimal,`, valid: `${Number(written)}` };
  const valid = decimal.test(written) ? plain(written) : written;
  return valid === written ? undefined : { advice: english`write`, valid };
}

/** A decimal number as JSON writes it: no plus sign, no leading zeros, digits on both sides of the point. */
function plain(written: string): string {
  return written
    .replace(/^\+/, '')
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?!\d)/, '.0');
}

const spaced = /^[+-]?\d{1,3}(?:\p{Zs}\d{3})+$/u;
const percentage = new RegExp(`^([+-]?${digits})\\s*%$`, 'i');
const fraction = new RegExp(`^([+-]?${digits})\\s*/\\s*(${digits})$`, 'i');
const power = new RegExp(`^(${digits})\\s*(?:\\*\\*|\\^)\\s*([+-]?${digits})$`, 'i');
/** The suffixes of C, Java and other languages. */
const suffixed = new RegExp(`^([+-]?${digits})[fdlu]$`, 'i');

/**
 * The value of a key at a syntax error that is a calculation, or a number as other languages write it: `1/1000`,
 * `10**-3`, `5%`, `1 000`, `1e-3f`. Undefined if there is none.
 *
 * @param offset where the parser reports the error
 */
export function invalidCalculation(text: string, offset: number): InvalidNumber | undefined {
  const before = /:[^\S\r\n]*([^:,"{}[\]\r\n]*)$/.exec(text.slice(Math.max(0, offset - maxLength), offset));
  const after = /^[^:,"{}[\]\r\n]*/.exec(text.slice(offset, offset + maxLength))?.[0] ?? '';
  if (before === null) return undefined;
  const [, start = ''] = before;
  const written = (start + after).replace(/\s*\/[/*].*$/, '').trim();
  const found = adviceForCalculation(written);
  if (found === undefined) return undefined;
  const [advice, value] = found;
  const valid = typeof value === 'string' ? value : Number.isFinite(value) ? `${value}` : undefined;
  const message = english`${truncate(written)} is not valid JSON: ${advice}${valid === undefined ? '' : `, ${valid}`}.`;
  return { offset: offset - start.length, length: written.length, message, valid };
}

function adviceForCalculation(written: string): readonly [advice: string, value: number | string] | undefined {
  if (spaced.test(written)) return [english`leave out the blanks`, plain(written.replace(/\p{Zs}/gu, ''))];
  const [, suffix] = suffixed.exec(written) ?? [];
  if (suffix !== undefined) return [english`leave out the last letter`, plain(suffix)];
  const [, percent] = percentage.exec(written) ?? [];
  if (percent !== undefined) return [english`write the fraction`, Number(percent) / 100];
  const [, above, below] = fraction.exec(written) ?? [];
  if (above !== undefined) return [english`write the result`, Number(above) / Number(below)];
  const [, base, exponent] = power.exec(written) ?? [];
  if (base !== undefined) return [english`write the result`, Number(base) ** Number(exponent)];
  return undefined;
}
