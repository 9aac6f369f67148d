import { fixInVariant, type Fix, type JsonValue } from './problems/fix';
import { changesOfFile, changesOfVariant, nameOfVariant, patchWith, type KeyChange } from './problems/keyChanges';
import { deletionOf, problemsOf, type UnplacedProblem } from './problems/schemaProblem';
import { isObject, valueAt, type JsonDocument, type JsonObject } from './document/document';
import { LongLists } from './document/longLists';
import { isLikely, nearestName } from './problems/nearestName';
import type { KeyPath, KeyProblem, SourceRange, Problem } from './problems/problem';
import { resolveValue, type Resolution } from './resolved';
import { fileSchema, type ResolvedExperiment } from './schema/schema';
import { applyVariant, explainInVariant, invalidDeletions } from './variant';
import { quote, quoteAll } from '../text/quoting';
import { formatExact } from '../text/numbers';
import { english } from '../text/translate';

/** Every variant is checked at each keystroke and has a CodeLens of its own. */
const maxVariants = 200;

/** Problems that are reported for one file; each is a squiggle in the editor. */
const maxProblems = 200;

/** Deletions of unknown keys that are reported for one variant. */
const maxDeletions = 50;

/** From this number of values on, the variants of a file are checked only if the file itself is valid. */
const largeFileValues = 10_000;

/** A variant of an experiment file, and the place of its name. */
export interface Variant {
  readonly name: string;
  readonly place: SourceRange;
}

/** One of the runs of an experiment file. */
export interface Member {
  /** undefined is the experiment itself. */
  readonly variant: string | undefined;
  /** Absent where it has no `seeds`. */
  readonly seed?: number;
}

/** The experiment, or one of its variants, with all defaults; or the problems that it has. */
export type ResolvedVariant =
  | {
      readonly kind: 'resolved';
      readonly experiment: ResolvedExperiment;
      /** The seeds that it is trained with as one group; none where it has no `seeds`. */
      readonly seeds: readonly number[];
    }
  | { readonly kind: 'refused'; readonly problems: readonly KeyProblem[] };

/** A parsed experiment file: the experiment itself and its variants. */
export class ExperimentFile {
  readonly variants: readonly Variant[];
  readonly #document: JsonDocument;
  readonly #file: JsonObject;
  readonly #patches: ReadonlyMap<string, JsonObject>;
  /** Shared, so that a list that variants inherit is checked once. */
  readonly #lists = new LongLists();
  /** Cache of resolutions by variant; undefined is the experiment itself. */
  readonly #resolutions = new Map<string | undefined, Resolution>();

  constructor(document: JsonDocument) {
    this.#document = document;
    const { variants, ...file } = isObject(document.value) ? document.value : {};
    const patches = Object.entries(isObject(variants) ? variants : {}).slice(0, maxVariants);
    this.#file = file;
    this.#patches = new Map(patches.flatMap(([name, patch]) => (isObject(patch) ? [[name, patch]] : [])));
    this.variants = patches.map(([name]) => ({ name, place: document.keyPlace(['variants', name]) }));
  }

  /**
   * The experiment, or one of its variants, with every default written out; an unknown variant is a problem, and so is a
   * seed that is not one of its `seeds`.
   *
   * @param seed one of its `seeds`; by default the first
   * @param changes other keys, merged over the variant as a variant is over the file; their problems have the paths of
   *   the keys in the experiment
   */
  resolve(variant?: string, seed?: number, changes?: JsonObject): ResolvedVariant {
    const patch = variant === undefined ? {} : this.#patches.get(variant);
    if (!patch) return { kind: 'refused', problems: [this.#unknownVariant(variant ?? '')] };
    const outcome =
      changes === undefined
        ? this.#resolution(variant, patch)
        : this.#changed(applyVariant(this.#file, patch), changes);
    if (outcome.kind === 'resolved') {
      const { experiment, seeds } = outcome;
      if (seed === undefined) return outcome;
      if (!seeds.includes(seed)) return { kind: 'refused', problems: [unknownSeed(seed, seeds)] };
      return { ...outcome, experiment: { ...experiment, seed } };
    }
    const { problems } = outcome;
    return {
      kind: 'refused',
      problems: variant === undefined || changes !== undefined ? problems : this.#inVariant(variant, patch, problems),
    };
  }

  /** The seeds that the experiment, or one of its variants, is trained with as one group; none where it is one run. */
  seedsOf(variant?: string): readonly number[] {
    const resolved = this.resolve(variant);
    return resolved.kind === 'resolved' ? resolved.seeds : [];
  }

  /** The runs of the experiment or of one of its variants: one, or one for each of its seeds. */
  membersOf(variant?: string): readonly Member[] {
    const seeds = this.seedsOf(variant);
    return seeds.length === 0 ? [{ variant }] : seeds.map((seed) => ({ variant, seed }));
  }

  /** The runs of the experiment and of all its variants, in the order of the file. */
  get members(): readonly Member[] {
    return [undefined, ...this.variants.map(({ name }) => name)].flatMap((variant) => this.membersOf(variant));
  }

  /**
   * The place of a key, for problems that are found later (data files, memory): its value where the key is present,
   * else the nearest enclosing key. For a variant, the keys of the variant itself come first.
   */
  placeOf(keyPath: KeyPath, variant?: string): SourceRange {
    const own = ['variants', variant ?? '', ...keyPath];
    if (variant !== undefined && this.#document.has(own)) return this.#document.valuePlace(own);
    return this.#document.valuePlace(this.#document.nearest(keyPath));
  }

  /** The place of a value that the file writes, or that one of its variants does; undefined where it is not written. */
  writtenPlace(keyPath: KeyPath, variant: string | undefined): SourceRange | undefined {
    const own = variant === undefined ? keyPath : ['variants', variant, ...keyPath];
    return this.#document.has(own) ? this.#document.valuePlace(own) : undefined;
  }

  /** The place of a key that the file writes, or that one of its variants does; undefined where it is not written. */
  keyPlace(keyPath: KeyPath, variant: string | undefined): SourceRange | undefined {
    const own = variant === undefined ? keyPath : ['variants', variant, ...keyPath];
    return this.#document.has(own) ? this.#document.keyPlace(own) : undefined;
  }

  /** A problem that was found later, with its place and with fixes that change the variant in which it was found. */
  placed(problem: KeyProblem, variant?: string): Problem {
    const { fixes, ...rest } = problem;
    const own = variant === undefined ? fixes : this.#fixesIn(variant, fixes);
    return { ...rest, place: this.placeOf(problem.keyPath, variant), ...(own === undefined ? {} : { fixes: own }) };
  }

  /** The changes of this file that change keys of its experiment, or of one of its variants. */
  changesFor(changes: readonly KeyChange[], variant: string | undefined): readonly KeyChange[] {
    return variant === undefined
      ? changesOfFile(this.#file, changes)
      : changesOfVariant(this.#file, variant, this.#patches.get(variant) ?? {}, changes);
  }

  /** The change that adds a variant: the experiment, or one of its variants, with other values of some keys. */
  newVariant(changes: readonly KeyChange[], variant: string | undefined): KeyChange & { readonly name: string } {
    const name = nameOfVariant(changes, new Set(this.variants.map((known) => known.name)));
    const patch = patchWith(
      this.#file,
      (variant === undefined ? undefined : this.#patches.get(variant)) ?? {},
      changes,
    );
    return { kind: 'set', keyPath: ['variants', name], value: patch as JsonValue, name };
  }

  /** All problems of the file and of each variant, without those that a variant only inherits. */
  problems(): readonly Problem[] {
    const found = [...this.#fileProblems()];
    const known = new Set(found.map(({ keyPath }) => JSON.stringify(keyPath)));
    // The problems of a large file would be found, and left out, again in each of the variants.
    const skipsVariants = found.length > 0 && this.#document.size > largeFileValues;
    for (const [name, patch] of skipsVariants ? [] : this.#patches) {
      if (found.length >= maxProblems) break;
      found.push(...this.#variantProblems(name, patch, known));
    }
    return found.slice(0, maxProblems).map((problem) => this.#withPlace(problem));
  }

  /** @param known paths of the problems of the file itself, as JSON */
  #variantProblems(name: string, patch: JsonObject, known: ReadonlySet<string>): readonly UnplacedProblem[] {
    const problems = [...this.#deletionProblems(name, patch), ...this.#nestedVariants(name, patch)];
    if (problems.length > 0) return problems;
    const merged = this.#resolution(name, patch);
    if (merged.kind === 'resolved') return [];
    const inherited = ({ keyPath }: UnplacedProblem) =>
      known.has(JSON.stringify(keyPath)) && valueAt(patch, keyPath) === undefined;
    return this.#inVariant(
      name,
      patch,
      merged.problems.filter((problem) => !inherited(problem)),
    );
  }

  #resolution(variant: string | undefined, patch: JsonObject): Resolution {
    const before = this.#resolutions.get(variant);
    if (before !== undefined) return before;
    const outcome = resolveValue(variant === undefined ? this.#file : applyVariant(this.#file, patch), this.#lists);
    this.#resolutions.set(variant, outcome);
    return outcome;
  }

  #changed(written: JsonObject, changes: JsonObject): Resolution {
    const [path] = invalidDeletions(changes);
    if (path === undefined) return resolveValue(applyVariant(written, changes), this.#lists);
    const message = english`${quote(String(path.at(-1)))} can't be deleted: an experiment has no such key. Correct the name.`;
    return { kind: 'invalid', problems: [{ code: 'unknownKey', message, keyPath: path, at: 'key' }] };
  }

  #fileProblems(): readonly UnplacedProblem[] {
    const { value } = this.#document;
    const written = valueAt(value, ['variants']);
    const count = isObject(written) ? Object.keys(written).length : 0;
    const outcome = this.#resolution(undefined, {});
    const areObjects = isObject(written) && this.#patches.size === Math.min(count, maxVariants);
    const isValid = outcome.kind === 'resolved' && (written === undefined || areObjects);
    if (!isValid) {
      const malformed = problemsOf(fileSchema, this.#lists.shorten(withFewVariants(value)).value);
      if (malformed.length > 0) return malformed;
    }
    if (count > maxVariants) return [tooManyVariants(count)];
    return outcome.kind === 'invalid' ? outcome.problems : [];
  }

  #withPlace({ code, message, keyPath, at, fixes }: UnplacedProblem): Problem {
    const place = at === 'key' ? this.#document.keyPlace(keyPath) : this.#document.valuePlace(keyPath);
    return { code, message, keyPath, place, ...(fixes === undefined ? {} : { fixes }) };
  }

  /** The fixes of a problem that was found in a variant: they change the variant, not the experiment itself. */
  #fixesIn(variant: string, fixes: readonly Fix[] = []): readonly Fix[] {
    const has = (keyPath: KeyPath): boolean => this.#document.has(['variants', variant, ...keyPath]);
    return fixes.flatMap((fix) => fixInVariant(fix, variant, has) ?? []);
  }

  #inVariant(name: string, patch: JsonObject, problems: readonly UnplacedProblem[]): readonly UnplacedProblem[] {
    return problems.map((problem) => {
      const { fixes, ...explained } = explainInVariant(problem, patch);
      const own = fixes === undefined ? explained : { ...explained, fixes: this.#fixesIn(name, fixes) };
      const keyPath = this.#document.nearest(['variants', name, ...own.keyPath]);
      if (keyPath.length === own.keyPath.length + 2) return { ...own, keyPath };
      const message = english`In the variant ${quote(name)}: ${own.message}`;
      return { ...own, message, keyPath, at: 'key' };
    });
  }

  #deletionProblems(name: string, patch: JsonObject): readonly UnplacedProblem[] {
    return invalidDeletions(patch)
      .slice(0, maxDeletions)
      .map((path) => ({
        code: 'unknownKey',
        message: english`${quote(String(path.at(-1)))} can't be deleted: an experiment has no such key. Correct the name, or remove the line.`,
        keyPath: ['variants', name, ...path],
        at: 'key',
        fixes: [deletionOf(['variants', name, ...path])],
      }));
  }

  #nestedVariants(name: string, patch: JsonObject): readonly UnplacedProblem[] {
    if (valueAt(patch, ['variants']) === undefined) return [];
    const message = english`A variant can't contain variants: move them up, next to this one.`;
    return [{ code: 'unknownKey', message, keyPath: ['variants', name, 'variants'], at: 'key' }];
  }

  #unknownVariant(name: string): KeyProblem {
    const known = [...this.#patches.keys()];
    const nearest = known.length === 0 ? '' : nearestName(name, known);
    const advice =
      known.length === 0
        ? english`it has none; leave the variant out`
        : isLikely(name, nearest)
          ? english`did you mean ${quote(nearest)}? It has ${quoteAll(known)}`
          : english`it has ${quoteAll(known)}`;
    const message = english`This experiment has no variant ${quote(name)}: ${advice}.`;
    return { code: 'unknownVariant', message, keyPath: known.length === 0 ? [] : ['variants'] };
  }
}

function unknownSeed(seed: number, seeds: readonly number[]): KeyProblem {
  const known =
    seeds.length === 0
      ? english`it has no "seeds". Leave the seed out to train it with its own`
      : english`its "seeds" are ${seeds.join(', ')}. Choose one of them, or add it to the list`;
  const message = english`Seed ${formatExact(seed)} is not a seed of this experiment: ${known}.`;
  return { code: 'unknownSeed', message, keyPath: seeds.length === 0 ? [] : ['seeds'] };
}

/** The value of a file, with no more variants than are read. */
function withFewVariants(value: unknown): unknown {
  if (!isObject(value) || !isObject(value['variants'])) return value;
  return { ...value, variants: Object.fromEntries(Object.entries(value['variants']).slice(0, maxVariants)) };
}

function tooManyVariants(variants: number): UnplacedProblem {
  const message = english`"variants" has ${formatExact(variants)} entries: at most ${formatExact(maxVariants)} are allowed. Move the others to another file.`;
  return { code: 'tooManyVariants', message, keyPath: ['variants'], at: 'key' };
}
