import { problemsOf, type UnplacedProblem } from './schemaProblem';
import { isObject, valueAt, type JsonDocument, type JsonObject } from './document';
import { LongLists } from './longLists';
import { isLikely, nearestName } from './nearestName';
import type { KeyPath, KeyProblem, SourceRange, Problem } from './problem';
import { resolveValue, type Resolution } from './resolved';
import { fileSchema, type ResolvedExperiment } from './schema';
import { applyVariant, fromVariant, invalidDeletions } from './variant';
import { quote, quoteAll } from '../text/quoting';
import { formatExact } from '../text/numbers';

/** Each variant is an experiment to be checked at every keystroke, and a lens of its own. */
const mostVariants = 200;

/** Refusals of one file: nobody reads more, and each is a squiggle. */
const mostRefusals = 200;

/** Deletions of keys that there are not, of one variant. */
const mostDeletions = 50;

/** Values in a file from which on its variants are checked only when the file itself is right. */
const manyValues = 10_000;

/** A variant of an experiment file, and where its name stands. */
export interface Variant {
  readonly name: string;
  readonly place: SourceRange;
}

/** What one of a file's experiments comes to. */
export type ResolvedVariant =
  | { readonly kind: 'resolved'; readonly experiment: ResolvedExperiment }
  | { readonly kind: 'refused'; readonly refusals: readonly KeyProblem[] };

/** An experiment file that could be read: the experiment itself and its variants. */
export class ExperimentFile {
  readonly variants: readonly Variant[];
  readonly #document: JsonDocument;
  readonly #file: JsonObject;
  readonly #patches: ReadonlyMap<string, JsonObject>;
  /** The lists that variants inherit are looked through once. */
  readonly #lists = new LongLists();
  /** What was resolved already, by variant; undefined is the experiment itself. */
  readonly #resolutions = new Map<string | undefined, Resolution>();

  constructor(document: JsonDocument) {
    this.#document = document;
    const { variants, ...file } = isObject(document.value) ? document.value : {};
    const patches = Object.entries(isObject(variants) ? variants : {}).slice(0, mostVariants);
    this.#file = file;
    this.#patches = new Map(patches.flatMap(([name, patch]) => (isObject(patch) ? [[name, patch]] : [])));
    this.variants = patches.map(([name]) => ({ name, place: document.keyPlace(['variants', name]) }));
  }

  /** The experiment, or one of its variants, with every default written out; an unknown variant is refused. */
  resolve(variant?: string): ResolvedVariant {
    const patch = variant === undefined ? {} : this.#patches.get(variant);
    if (!patch) return { kind: 'refused', refusals: [this.#unknownVariant(variant ?? '')] };
    const outcome = this.#resolution(variant, patch);
    if (outcome.kind === 'resolved') return outcome;
    const { complaints } = outcome;
    return {
      kind: 'refused',
      refusals: variant === undefined ? complaints : this.#seenFrom(variant, patch, complaints),
    };
  }

  /**
   * The place of a key, for what is found wrong later (data files, memory): the value where the key is written, else
   * the nearest key around it. With a variant's name its own keys come first.
   */
  placeOf(keyPath: KeyPath, variant?: string): SourceRange {
    const own = ['variants', variant ?? '', ...keyPath];
    if (variant !== undefined && this.#document.has(own)) return this.#document.valuePlace(own);
    return this.#document.valuePlace(this.#document.nearest(keyPath));
  }

  /** Everything wrong with the file and with each variant, what a variant only inherits left out. */
  refusals(): readonly Problem[] {
    const found = [...this.#ownComplaints()];
    const known = new Set(found.map(({ keyPath }) => JSON.stringify(keyPath)));
    // What is wrong with much would be met again, and left out again, in each of the variants.
    const isCheckedAlone = found.length > 0 && this.#document.size > manyValues;
    for (const [name, patch] of isCheckedAlone ? [] : this.#patches) {
      if (found.length >= mostRefusals) break;
      found.push(...this.#variantComplaints(name, patch, known));
    }
    return found.slice(0, mostRefusals).map((complaint) => this.#place(complaint));
  }

  /** @param known the paths of what is wrong with the file itself, as JSON */
  #variantComplaints(name: string, patch: JsonObject, known: ReadonlySet<string>): readonly UnplacedProblem[] {
    const complaints = [...this.#deletions(name, patch), ...this.#nested(name, patch)];
    if (complaints.length > 0) return complaints;
    const merged = this.#resolution(name, patch);
    if (merged.kind === 'resolved') return [];
    const inherited = ({ keyPath }: UnplacedProblem) =>
      known.has(JSON.stringify(keyPath)) && valueAt(patch, keyPath) === undefined;
    return this.#seenFrom(
      name,
      patch,
      merged.complaints.filter((complaint) => !inherited(complaint)),
    );
  }

  #resolution(variant: string | undefined, patch: JsonObject): Resolution {
    const before = this.#resolutions.get(variant);
    if (before !== undefined) return before;
    const outcome = resolveValue(variant === undefined ? this.#file : applyVariant(this.#file, patch), this.#lists);
    this.#resolutions.set(variant, outcome);
    return outcome;
  }

  #ownComplaints(): readonly UnplacedProblem[] {
    const { value } = this.#document;
    const written = valueAt(value, ['variants']);
    const count = isObject(written) ? Object.keys(written).length : 0;
    const outcome = this.#resolution(undefined, {});
    const areObjects = isObject(written) && this.#patches.size === Math.min(count, mostVariants);
    const isRight = outcome.kind === 'resolved' && (written === undefined || areObjects);
    if (!isRight) {
      const malformed = problemsOf(fileSchema, this.#lists.shorten(withFewVariants(value)).value);
      if (malformed.length > 0) return malformed;
    }
    if (count > mostVariants) return [tooMany(count)];
    return outcome.kind === 'wrong' ? outcome.complaints : [];
  }

  #place({ code, message, keyPath, at }: UnplacedProblem): Problem {
    const place = at === 'key' ? this.#document.keyPlace(keyPath) : this.#document.valuePlace(keyPath);
    return { code, message, keyPath, place };
  }

  #seenFrom(name: string, patch: JsonObject, complaints: readonly UnplacedProblem[]): readonly UnplacedProblem[] {
    return complaints.map((complaint) => {
      const own = fromVariant(complaint, patch);
      const keyPath = this.#document.nearest(['variants', name, ...own.keyPath]);
      if (keyPath.length === own.keyPath.length + 2) return { ...own, keyPath };
      const message = `In the variant ${quote(name)}: ${own.message}`;
      return { ...own, message, keyPath, at: 'key' };
    });
  }

  #deletions(name: string, patch: JsonObject): readonly UnplacedProblem[] {
    return invalidDeletions(patch)
      .slice(0, mostDeletions)
      .map((path) => ({
        code: 'unknownKey',
        message: `${quote(String(path.at(-1)))} is deleted here, but no experiment has such a key: correct its name, or delete the line.`,
        keyPath: ['variants', name, ...path],
        at: 'key',
      }));
  }

  #nested(name: string, patch: JsonObject): readonly UnplacedProblem[] {
    if (valueAt(patch, ['variants']) === undefined) return [];
    const message = 'A variant has no variants of its own: move them up, beside this one.';
    return [{ code: 'unknownKey', message, keyPath: ['variants', name, 'variants'], at: 'key' }];
  }

  #unknownVariant(name: string): KeyProblem {
    const known = [...this.#patches.keys()];
    const nearest = known.length === 0 ? '' : nearestName(name, known);
    const advice =
      known.length === 0
        ? 'it has none; leave the variant out'
        : isLikely(name, nearest)
          ? `did you mean ${quote(nearest)}? It has ${quoteAll(known)}`
          : `it has ${quoteAll(known)}`;
    const message = `This experiment has no variant ${quote(name)}: ${advice}.`;
    return { code: 'unknownVariant', message, keyPath: known.length === 0 ? [] : ['variants'] };
  }
}

/** The value of a file with as many variants as are read. */
function withFewVariants(value: unknown): unknown {
  if (!isObject(value) || !isObject(value['variants'])) return value;
  return { ...value, variants: Object.fromEntries(Object.entries(value['variants']).slice(0, mostVariants)) };
}

function tooMany(variants: number): UnplacedProblem {
  const message = `"variants" holds ${formatExact(variants)}: at most ${formatExact(mostVariants)} are read. Move the others into a file of their own.`;
  return { code: 'tooManyVariants', message, keyPath: ['variants'], at: 'key' };
}
