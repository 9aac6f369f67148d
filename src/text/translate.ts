/** Texts of another language by their English ones; {0}, {1}, … in both stand for what a text names. */
export type TextTable = Readonly<Record<string, string>>;

/** A message with something in place of each {n}, for texts that name something. */
interface MessagePattern {
  readonly expression: RegExp;
  readonly translation: string;
  /** Which value each group of the expression is. */
  readonly order: readonly number[];
  /** How much of the message is fixed: where two fit, the more definite one is meant. */
  readonly fixedLength: number;
}

/**
 * Fewest fixed characters of a pattern that may be a whole message, and that may be a part of one: with fewer, "{0} to
 * {1}" would take any sentence with "to" for its own. A count has a number in its place, so that it needs none.
 */
const minFixed = { message: 16, part: 6 };

/** One language of one process, undefined for English. A map has no names that every object has, such as "constructor". */
let table: ReadonlyMap<string, string> | undefined;
let patterns: readonly MessagePattern[] | undefined;
let translated = new Map<string, string>();

/** Most messages whose translation is kept: pages translate the same few ones at every drawing. */
const maxKept = 1000;

/**
 * Sets the language of this process, once and before any text is made. A process without a table is English: the
 * terminal runner, whose output programs read, and the trainers, whose messages are stored and compared.
 */
export function setTexts(texts: TextTable | undefined): void {
  table = texts && new Map(Object.entries(texts));
  patterns = undefined;
  translated = new Map();
}

/**
 * A text for people, in the language of this process. Its English form is its key, with {0}, {1}, … for the values; so
 * the values of a text and of its translation agree by construction, and their order is free.
 */
export function translate(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  const english = String.raw({ raw: strings }, ...values);
  if (table === undefined) return english;
  const translation = table.get(keyOf(strings));
  return translation === undefined ? english : filled(translation, values);
}

/**
 * Marks a text that is stored, sent or compared, and therefore English in every language. `translateMessage` translates
 * it where it is shown.
 */
export function english(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: strings }, ...values);
}

/**
 * The translation of a text that was made by `english`, maybe long ago: runs hold messages of earlier versions. A
 * message of several sentences may be made of several texts. What is not known stays as it is.
 */
export function translateMessage(message: string): string {
  if (table === undefined) return message;
  const kept = translated.get(message);
  if (kept !== undefined) return kept;
  const translation = wholeMessage(message, minFixed.message) ?? sentencesOf(message);
  if (translated.size >= maxKept) translated.clear();
  translated.set(message, translation);
  return translation;
}

/**
 * A count with its noun. Each noun has two texts: "{0} row" and "{0} rows".
 *
 * @param text the count as it is written
 */
export function translateCount(count: number, text: string, thing: string): string {
  const plural = count === 1 ? '' : 's';
  const translation = table?.get(`{0} ${thing}${plural}`);
  return translation === undefined ? `${text} ${thing}${plural}` : filled(translation, [text]);
}

/** The key of a text: its English form with placeholders. */
function keyOf(strings: readonly string[]): string {
  return strings.map((string, i) => (i === 0 ? string : `{${i - 1}}${string}`)).join('');
}

function filled(translation: string, values: readonly (string | number)[]): string {
  return translation.replace(/\{(\d)\}/g, (placeholder, index: string) => String(values[Number(index)] ?? placeholder));
}

function wholeMessage(message: string, fewest: number): string | undefined {
  const exact = table?.get(message);
  if (exact !== undefined) return exact;
  for (const { expression, translation, order, fixedLength } of (patterns ??= patternsOf(table ?? new Map()))) {
    if (fixedLength < fewest) break;
    const groups = expression.exec(message)?.slice(1);
    if (groups === undefined) continue;
    const values: string[] = [];
    // A value can be a message itself, such as a reason or a count with its noun.
    for (const [i, index] of order.entries()) values[index] = partOf(groups[i] ?? '');
    return filled(translation, values);
  }
  return undefined;
}

/** A value in a message, translated where it is a text or a count. */
function partOf(value: string): string {
  const [, count, noun] = /^([\d,]+) (.+)$/.exec(value) ?? [];
  const counted = noun === undefined ? undefined : table?.get(`{0} ${noun}`);
  if (count !== undefined && counted !== undefined) return filled(counted, [count]);
  return wholeMessage(value, minFixed.part) ?? value;
}

/** The message with each sentence translated that is known. */
function sentencesOf(message: string): string {
  const sentences = message.split(/(?<=[.!?:;] |\n)/);
  if (sentences.length === 1) return message;
  // From each place the longest run of sentences that is one text.
  const parts: string[] = [];
  for (let start = 0; start < sentences.length;) {
    let end = sentences.length;
    let found: string | undefined;
    for (; end > start; end--) {
      found = wholeMessage(sentences.slice(start, end).join('').trimEnd(), minFixed.message);
      if (found !== undefined) break;
    }
    parts.push(found ?? sentences[start]?.trimEnd() ?? '');
    start = Math.max(end, start + 1);
  }
  // Chinese sentences end without a space.
  return parts.join(' ').replace(/(?<=[。！？：；]) /g, '');
}

function patternsOf(texts: ReadonlyMap<string, string>): readonly MessagePattern[] {
  return [...texts]
    .filter(([key]) => /\{\d\}/.test(key) && /[a-z]{2}/.test(key))
    .map(([key, translation]) => {
      const pieces = key.split(/\{(\d)\}/);
      const fixed = pieces.filter((_, i) => i % 2 === 0);
      return {
        expression: new RegExp(
          `^${fixed.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('(.+?)')}$`,
          's',
        ),
        translation,
        order: pieces.filter((_, i) => i % 2 === 1).map(Number),
        fixedLength: fixed.join('').length,
      };
    })
    .sort((one, other) => other.fixedLength - one.fixedLength);
}
