import * as z from 'zod';
import { formatExact } from '../text/numbers';
import { quoteAll } from '../text/quoting';

/** What a person reads about one key on hover and in completions. */
export interface Prose {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
}

/** A closed, half-open or open interval of numbers. */
export interface Range {
  readonly from: number;
  readonly to?: number;
  /** `from` itself is not allowed. */
  readonly above?: boolean;
  /** `to` itself is not allowed. */
  readonly below?: boolean;
}

/** The metadata of a key: prose and, where there is one, its default, so that a hover names it. */
export function described(
  prose: Prose,
  standard?: unknown,
): { title: string; description: string; markdownDescription: string } {
  const ending = standard === undefined ? '' : `\n\nDefault: \`${JSON.stringify(standard)}\`.`;
  return {
    title: prose.title,
    description: prose.text.replaceAll('`', '').replaceAll('**', ''),
    // Editors put the title above it by themselves.
    markdownDescription: `${prose.text}${ending}`,
  };
}

/** The advice half of a refusal for a key with a default: what to write instead, or to leave the key out. */
export function orDelete(allowed: string, standard: unknown): string {
  return `write ${allowed}, or delete the key for the default, ${JSON.stringify(standard)}`;
}

/** The advice for an object told apart by a name inside it: about the name where there is an object, else about both. */
export function namedObject(
  example: string,
  names: readonly string[],
): (issue: { code?: string | undefined }) => string {
  return ({ code }) =>
    code === 'invalid_type' ? `write an object such as ${example}` : `write one of ${quoteAll(names)}`;
}

function interval({ from, to, above, below }: Range): string {
  const lower = above ? `above ${formatExact(from)}` : `of ${formatExact(from)} or more`;
  if (to === undefined) return lower;
  if (!above && !below) return `from ${formatExact(from)} to ${formatExact(to)}`;
  return `${lower} and ${below ? 'below' : 'at most'} ${formatExact(to)}`;
}

function wholeNumber(from: number, to: number, advice: string): z.ZodInt {
  return z.int({ error: advice }).min(from, { error: advice }).max(to, { error: advice });
}

function anyNumber(range: Range, advice: string): z.ZodNumber {
  const { from, to, above, below } = range;
  const error = advice;
  const floored = above ? z.number({ error }).gt(from, { error }) : z.number({ error }).gte(from, { error });
  if (to === undefined) return floored;
  return below ? floored.lt(to, { error }) : floored.lte(to, { error });
}

/** A whole number with a default. */
export function whole(prose: Prose, from: number, to: number, standard: number): z.ZodDefault<z.ZodInt> {
  const advice = orDelete(`a whole number from ${formatExact(from)} to ${formatExact(to)}`, standard);
  return wholeNumber(from, to, advice).default(standard).meta(described(prose, standard));
}

/** A whole number that has to be there where it stands, such as one of a pair. */
export function requiredWhole(prose: Prose, from: number, to: number): z.ZodInt {
  return wholeNumber(from, to, `write a whole number from ${formatExact(from)} to ${formatExact(to)}`).meta(
    described(prose),
  );
}

/** A finite number with a default. */
export function real(prose: Prose, range: Range, standard: number): z.ZodDefault<z.ZodNumber> {
  const advice = orDelete(`a finite number ${interval(range)}`, standard);
  return anyNumber(range, advice).default(standard).meta(described(prose, standard));
}

/** A finite number that has to be there where it stands. */
export function requiredReal(prose: Prose, range: Range): z.ZodNumber {
  return anyNumber(range, `write a finite number ${interval(range)}`).meta(described(prose));
}

/** A text with a default. */
export function text(prose: Prose, standard: string): z.ZodDefault<z.ZodString> {
  return z
    .string({ error: orDelete('a text in double quotes', standard) })
    .default(standard)
    .meta(described(prose, standard));
}

/** A text that may not be empty, such as a path or the name of a column. */
export function filledText(prose: Prose, what: string): z.ZodString {
  const error = `write ${what} in double quotes`;
  return z.string({ error }).min(1, { error }).meta(described(prose));
}

/** A choice among names, each with a line of its own in the completions. */
export function choice<const Name extends string>(
  prose: Prose,
  names: Readonly<Record<Name, string>>,
  standard: NoInfer<Name>,
): z.ZodDefault<z.ZodEnum<{ readonly [K in Name]: K }>> {
  const entries = Object.fromEntries(Object.keys(names).map((name) => [name, name])) as { readonly [K in Name]: K };
  const error = orDelete(`one of ${quoteAll(Object.keys(names))}`, standard);
  const member: z.ZodEnum<{ readonly [K in Name]: K }> = z.enum(entries, { error });
  return z._default(member, standard).meta({
    ...described(prose, standard),
    markdownEnumDescriptions: Object.values(names),
  });
}

/** True or false, with a default. */
export function flag(prose: Prose, standard: boolean): z.ZodDefault<z.ZodBoolean> {
  return z
    .boolean({ error: orDelete('true or false', standard) })
    .default(standard)
    .meta(described(prose, standard));
}
