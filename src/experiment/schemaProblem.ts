import * as z from 'zod';
import { isObject, valueAt } from './document';
import { unwrap, formsOf, keysOf, pickOption, schemaUnder, resolveUnion, unionsTowards } from './kinds';
import { closestName, isLikely, isWithin } from './nearestName';
import type { KeyPath, KeyProblem } from './problem';
import { quote, quoteAll } from '../text/quoting';
import { formatExact } from '../text/numbers';

/** An objection that still has to be placed: at the key it names, or at that key's value. */
export interface UnplacedProblem extends KeyProblem {
  readonly at: 'key' | 'value';
  /** Where exactly one kind may stand: the kinds that do. */
  readonly kinds?: readonly string[];
}

// A list of ten thousand wrong numbers is one mistake, not ten thousand.
const MOST = 50;
/** Several issues of the schema may come to one complaint. */
const mostIssues = 1000;

/** What a schema has against a value: one complaint for each key, each saying what to do. */
export function problemsOf(schema: z.ZodType, value: unknown, path: KeyPath = []): readonly UnplacedProblem[] {
  const outcome = schema.safeParse(value);
  if (outcome.success) return [];
  const found = new Map<string, UnplacedProblem>();
  for (const issue of outcome.error.issues.slice(0, mostIssues)) {
    for (const complaint of explain(schema, value, path, issue)) {
      const id = JSON.stringify([complaint.keyPath, complaint.message]);
      if (!found.has(id)) found.set(id, complaint);
    }
    if (found.size >= MOST) break;
  }
  return [...found.values()];
}

function explain(schema: z.ZodType, root: unknown, path: KeyPath, issue: z.core.$ZodIssue): readonly UnplacedProblem[] {
  const within = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  for (const { path: at, union, value } of unionsTowards(schema, root, within)) {
    const pick = pickOption(union, value);
    if (pick.kind === 'undecided') return undecided(union, value, [...path, ...at], pick, issue.message);
  }
  const value = valueAt(root, within);
  const keyPath = [...path, ...within];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MOST).map((key) => unknownKey(schema, root, within, [...path, ...within], key));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const union = unwrap(schemaAt(schema, root, within));
    const pick = union instanceof z.ZodUnion ? pickOption(union, value) : undefined;
    if (pick?.kind === 'option') return problemsOf(pick.option, value, keyPath);
  }
  return value === undefined
    ? missing(schema, root, within, path, issue.message)
    : [wrong(value, keyPath, issue.message)];
}

function schemaAt(schema: z.ZodType, root: unknown, path: KeyPath): z.ZodType {
  return path.reduce<z.ZodType>(
    (here, key, depth) => schemaUnder(here, valueAt(root, path.slice(0, depth)), key) ?? z.unknown(),
    schema,
  );
}

/** A key path as messages name it: the nearest key in quotes, then indices of lists. */
function label(path: KeyPath): string {
  const last = path.findLastIndex((key) => typeof key === 'string');
  if (last < 0) return 'The experiment';
  const indices = path.slice(last + 1).map((index) => `[${index}]`);
  return `${quote(String(path[last]))}${indices.join('')}`;
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isObject(value)) return 'an object';
  if (typeof value === 'number') return formatExact(value);
  return typeof value === 'string' ? quote(value) : JSON.stringify(value);
}

function wrong(value: unknown, keyPath: KeyPath, advice: string): UnplacedProblem {
  const message = `${label(keyPath)} is ${inWords(value)}: ${advice}.`;
  return { code: 'wrongValue', message, keyPath, at: 'value' };
}

function missing(
  schema: z.ZodType,
  root: unknown,
  within: KeyPath,
  path: KeyPath,
  advice: string,
): readonly UnplacedProblem[] {
  const key = String(within.at(-1));
  const parent = within.slice(0, -1);
  const owner = valueAt(root, parent);
  const here = schemaAt(schema, root, parent);
  const known = allKeysOf(here);
  const strangers = Object.keys(isObject(owner) ? owner : {}).filter((name) => !known.includes(name));
  const slip = strangers.find((name) => isWithin(2, name, key));
  const keyPath = [...path, ...parent];
  const message = `${label(keyPath)} has no "${key}", which it needs: ${advice}.`;
  const needed: UnplacedProblem =
    slip === undefined ? { code: 'missingKey', message, keyPath, at: 'key' } : strange(slip, keyPath, key, known);
  // A plain object says by itself what is strange to it.
  return unwrap(here) instanceof z.ZodObject ? [needed] : [needed, ...others(strangers, slip, keyPath, known)];
}

/** Every key of every form that a schema may come to. */
function allKeysOf(schema: z.ZodType): readonly string[] {
  return [...new Set(formsOf(schema).flatMap(({ form }) => [...keysOf(form).keys()]))];
}

/** While it is not settled which form an object has, what no form knows is wrong all the same. */
function others(
  strangers: readonly string[],
  slip: string | undefined,
  keyPath: KeyPath,
  known: readonly string[],
): readonly UnplacedProblem[] {
  return strangers
    .filter((name) => name !== slip)
    .slice(0, MOST)
    .map((name) => strange(name, keyPath, closestName(name, known), known));
}

function undecided(
  union: z.ZodType,
  value: unknown,
  keyPath: KeyPath,
  { known, present }: { readonly known: readonly string[]; readonly present: readonly string[] },
  advice: string,
): readonly UnplacedProblem[] {
  const second = present[1];
  if (second !== undefined) {
    const message = `${label(keyPath)} holds ${present.map((key) => `"${key}"`).join(' and ')}: exactly one of ${quoteAll(known)} may stand. Delete the others.`;
    return [{ code: 'severalKinds', message, keyPath: [...keyPath, second], at: 'key', kinds: present }];
  }
  const all = allKeysOf(union);
  const strangers = Object.keys(isObject(value) ? value : {}).filter((key) => !all.includes(key));
  const slip = strangers.find((key) => isWithin(2, key, closestName(key, known)));
  const message = `${label(keyPath)} has none of the keys ${quoteAll(known)}, one of which says its kind: ${advice}.`;
  const needed: UnplacedProblem =
    slip === undefined
      ? { code: 'noKind', message, keyPath, at: 'key' }
      : strange(slip, keyPath, closestName(slip, known), known);
  return [needed, ...others(strangers, slip, keyPath, all)];
}

function unknownKey(schema: z.ZodType, root: unknown, within: KeyPath, keyPath: KeyPath, key: string): UnplacedProblem {
  const here = schemaAt(schema, root, within);
  const form = resolveUnion(here, valueAt(root, within));
  const known = form instanceof z.ZodObject ? [...keysOf(form).keys()] : [];
  const elsewhere = formsOf(here).filter((other) => keysOf(other.form).has(key));
  if (elsewhere.length > 0)
    return elsewhereKnown(
      key,
      keyPath,
      elsewhere.map(({ name }) => name),
      known,
    );
  const nearest = known.length > 0 ? closestName(key, known) : undefined;
  return within.length === 0 ? atRoot(schema, key, nearest, known) : strange(key, keyPath, nearest, known);
}

function elsewhereKnown(
  key: string,
  keyPath: KeyPath,
  owners: readonly string[],
  known: readonly string[],
): UnplacedProblem {
  const message = `"${key}" belongs to ${quoteAll(owners)} and does not act here: delete it. The keys that act are ${quoteAll(known)}.`;
  return { code: 'unfittingKey', message, keyPath: [...keyPath, key], at: 'key' };
}

function strange(
  key: string,
  keyPath: KeyPath,
  nearest: string | undefined,
  known: readonly string[],
): UnplacedProblem {
  const owner = keyPath.length === 0 ? 'an experiment' : label(keyPath);
  const advice =
    key === '$schema'
      ? 'files named *.rnn.json have their schema from the extension; delete the key'
      : nearest === undefined
        ? 'delete it'
        : `${isLikely(key, nearest) ? `did you mean "${nearest}"? The` : 'the'} keys are ${quoteAll(known)}`;
  const message = `${quote(key)} is no key of ${owner}: ${advice}.`;
  return { code: 'unknownKey', message, keyPath: [...keyPath, key], at: 'key' };
}

/** An unknown key at the root may have slipped out of its section: `hidden` belongs inside `model`. */
function atRoot(
  schema: z.ZodType,
  key: string,
  nearest: string | undefined,
  known: readonly string[],
): UnplacedProblem {
  const root = unwrap(schema);
  const sections = root instanceof z.ZodObject ? [...keysOf(root)] : [];
  const nested = sections.flatMap(([section, inner]) =>
    formsOf(inner).flatMap(({ form }) => [...keysOf(form).keys()].map((name) => ({ section, name }))),
  );
  const best = nested.find(({ name }) => isWithin(1, name, key));
  if (!best || (nearest !== undefined && isWithin(1, nearest, key))) return strange(key, [], nearest, known);
  const message = `"${key}" is no key of an experiment itself: did you mean "${best.name}", a key of "${best.section}"? Move it there.`;
  return { code: 'unknownKey', message, keyPath: [key], at: 'key' };
}
