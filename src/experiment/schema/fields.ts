import * as z from 'zod';
import { formatExact } from '../../text/numbers';
import { quoteAll } from '../../text/quoting';

/** The text of a key in hovers and completions. */
export interface KeyDescription {
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

/** The metadata of a key: its texts and, in the hover, its default if it has one. */
export function describe(
  description: KeyDescription,
  defaultValue?: unknown,
): { title: string; description: string; markdownDescription: string } {
  const ending = defaultValue === undefined ? '' : `\n\nDefault: \`${JSON.stringify(defaultValue)}\`.`;
  return {
    title: description.title,
    description: description.text.replaceAll('`', '').replaceAll('**', ''),
    // Editors show the title above it.
    markdownDescription: `${description.text}${ending}`,
  };
}

/** The advice of a problem with a key that has a default: what to write instead, or to delete the key. */
export function orDefault(allowed: string, defaultValue: unknown): string {
  return `write ${allowed}, or delete the key for the default, ${JSON.stringify(defaultValue)}`;
}

/** The advice for an object with a discriminator: about the discriminator if the value is an object, else an example. */
export function objectAdvice(
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

function boundedInteger(from: number, to: number, advice: string): z.ZodInt {
  return z.int({ error: advice }).min(from, { error: advice }).max(to, { error: advice });
}

function boundedNumber(range: Range, advice: string): z.ZodNumber {
  const { from, to, above, below } = range;
  const error = advice;
  const floored = above ? z.number({ error }).gt(from, { error }) : z.number({ error }).gte(from, { error });
  if (to === undefined) return floored;
  return below ? floored.lt(to, { error }) : floored.lte(to, { error });
}

/** An integer with a default. */
export function integer(
  description: KeyDescription,
  from: number,
  to: number,
  defaultValue: number,
): z.ZodDefault<z.ZodInt> {
  const advice = orDefault(`a whole number from ${formatExact(from)} to ${formatExact(to)}`, defaultValue);
  return boundedInteger(from, to, advice).default(defaultValue).meta(describe(description, defaultValue));
}

/** A required integer, such as one of a pair. */
export function requiredInteger(description: KeyDescription, from: number, to: number): z.ZodInt {
  return boundedInteger(from, to, `write a whole number from ${formatExact(from)} to ${formatExact(to)}`).meta(
    describe(description),
  );
}

/** A finite number with a default. */
export function number(description: KeyDescription, range: Range, defaultValue: number): z.ZodDefault<z.ZodNumber> {
  const advice = orDefault(`a finite number ${interval(range)}`, defaultValue);
  return boundedNumber(range, advice).default(defaultValue).meta(describe(description, defaultValue));
}

/** A required finite number. */
export function requiredNumber(description: KeyDescription, range: Range): z.ZodNumber {
  return boundedNumber(range, `write a finite number ${interval(range)}`).meta(describe(description));
}

/** A string with a default. */
export function text(description: KeyDescription, defaultValue: string): z.ZodDefault<z.ZodString> {
  return z
    .string({ error: orDefault('a string in double quotes', defaultValue) })
    .default(defaultValue)
    .meta(describe(description, defaultValue));
}

/** A required string that is not empty, such as a path or the name of a column. */
export function requiredText(description: KeyDescription, what: string): z.ZodString {
  const error = `write ${what} in double quotes`;
  return z.string({ error }).min(1, { error }).meta(describe(description));
}

/** An enum with a default; each name has a description in the completions. */
export function choice<const Name extends string>(
  description: KeyDescription,
  names: Readonly<Record<Name, string>>,
  defaultValue: NoInfer<Name>,
): z.ZodDefault<z.ZodEnum<{ readonly [K in Name]: K }>> {
  const entries = Object.fromEntries(Object.keys(names).map((name) => [name, name])) as { readonly [K in Name]: K };
  const error = orDefault(`one of ${quoteAll(Object.keys(names))}`, defaultValue);
  const member: z.ZodEnum<{ readonly [K in Name]: K }> = z.enum(entries, { error });
  return z._default(member, defaultValue).meta({
    ...describe(description, defaultValue),
    markdownEnumDescriptions: Object.values(names),
  });
}

/** True or false, with a default. */
export function boolean(description: KeyDescription, defaultValue: boolean): z.ZodDefault<z.ZodBoolean> {
  return z
    .boolean({ error: orDefault('true or false', defaultValue) })
    .default(defaultValue)
    .meta(describe(description, defaultValue));
}
