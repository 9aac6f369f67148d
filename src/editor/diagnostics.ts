import {
  DiagnosticSeverity,
  languages,
  Range,
  RelativePattern,
  Uri,
  workspace,
  type Diagnostic,
  type Disposable,
  type TextDocument,
} from 'vscode';
import type { Fix } from '../experiment/problems/fix';
import type { Problem } from '../experiment/problems/problem';
import { DisposableStore } from '../platform/disposable';
import { languageId } from '../platform/ids';
import { diagnostic } from '../platform/labels';
import type { Log } from '../platform/log';
import { reasonOf } from '../protocol/channel';
import type { CheckedExperiment, PlacedFinding } from '../protocol/trainer';
import { folderOf } from '../session/experimentText';
import type { Estimates } from '../session/live/estimates';
import type { Launcher, ProblemsFound } from '../session/live/launcher';
import { relatedPlaces } from './dataPlaces';
import { checkDocument, isShort } from './experimentCheck';
import { rulePage } from './findings/rulePages';
import type { RunFindings } from './findings/runFindings';
import { severities } from './findings/severities';
import { LatestCheck } from './latestCheck';

const debounceMilliseconds = 300;

/**
 * Shows the problems of experiments as diagnostics. A file is checked shortly after every change, together with those of
 * its data files that are small enough to be read while the user types. Problems that only the trainer finds are added
 * when a run is refused, and stay until the next change.
 */
export class ExperimentDiagnostics implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #collection = this.#owned.add(languages.createDiagnosticCollection('unroll'));
  readonly #checks = new Map<string, LatestCheck>();
  readonly #watched = new Map<string, WatchedFiles>();
  /** What was found in the last checked version of each document. */
  readonly #shown = new Map<string, { readonly version: number; readonly found: readonly ShownProblem[] }>();

  constructor(
    launcher: Launcher,
    readonly estimates: Estimates,
    readonly runFindings: RunFindings,
    readonly log: Log,
  ) {
    this.#owned.add(
      runFindings.onDidShow((uri) => {
        this.#draw(uri);
      }),
    );
    this.#owned.add(workspace.onDidOpenTextDocument((document) => this.#checkSoon(document, 0)));
    this.#owned.add(
      workspace.onDidChangeTextDocument(({ document }) => this.#checkSoon(document, debounceMilliseconds)),
    );
    this.#owned.add(workspace.onDidSaveTextDocument((document) => this.#checkSoon(document, 0)));
    this.#owned.add(
      workspace.onDidCloseTextDocument(({ uri }) => {
        this.#forget(uri);
      }),
    );
    this.#owned.add(
      launcher.onDidCheck((found) => {
        this.#add(found);
      }),
    );
    for (const document of workspace.textDocuments) this.#checkSoon(document, 0);
  }

  /** The problems with fixes of a document; none while a newer version of it is checked. */
  fixableIn({ uri, version }: TextDocument): readonly FixableProblem[] {
    const shown = this.#shown.get(uri.toString());
    if (shown?.version !== version) return [];
    return shown.found.flatMap(({ diagnostic: about, problem: { fixes = [] } }) =>
      fixes.length === 0 ? [] : [{ diagnostic: about, fixes }],
    );
  }

  dispose(): void {
    for (const check of this.#checks.values()) check.dispose();
    this.#checks.clear();
    for (const { watchers } of this.#watched.values()) watchers.dispose();
    this.#watched.clear();
    this.#owned.dispose();
  }

  #checkSoon(document: TextDocument, delay: number): void {
    if (document.languageId !== languageId) return;
    const key = document.uri.toString();
    const check =
      this.#checks.get(key) ??
      new LatestCheck(() => {
        this.estimates.abandon();
      });
    this.#checks.set(key, check);
    check.schedule(delay, !isShort(document), () => this.#check(document));
  }

  async #check(document: TextDocument): Promise<void> {
    const { version } = document;
    const found = await this.#found(document);
    // A newer check follows, or the document was closed.
    if (found === undefined || document.version !== version || document.isClosed) return;
    this.#show(document, asDiagnostics(document, [...found.problems, ...found.findings]));
    this.#watch(document, found.paths);
    this.estimates.keep(document.uri, found);
  }

  async #found(document: TextDocument): Promise<CheckedExperiment | undefined> {
    const { version } = document;
    try {
      return await checkDocument(document, this.estimates);
    } catch (error) {
      if (document.version !== version) return undefined;
      // Training reports it to the user; a check only logs it.
      this.log.warn(`The training can't be estimated: ${reasonOf(error)}`);
      return undefined;
    }
  }

  /** Checks an experiment again when one of its data files is created, changed or deleted. */
  #watch(document: TextDocument, paths: readonly string[]): void {
    const key = document.uri.toString();
    const files = JSON.stringify(paths);
    const before = this.#watched.get(key);
    if (before?.files === files) return;
    before?.watchers.dispose();
    const watchers = new DisposableStore();
    for (const path of paths) {
      const watcher = watchers.add(workspace.createFileSystemWatcher(patternFor(document.uri, path)));
      const recheck = (): void => {
        this.#checkSoon(document, debounceMilliseconds);
      };
      for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) watchers.add(event(recheck));
    }
    this.#watched.set(key, { files, watchers });
  }

  #add({ target, problems }: ProblemsFound): void {
    const document = workspace.textDocuments.find(({ uri }) => uri.toString() === target.uri.toString());
    if (document === undefined || problems.length === 0) return;
    const known = this.#shown.get(document.uri.toString())?.found ?? [];
    const fresh = asDiagnostics(document, problems).filter(
      ({ diagnostic: { message, range } }) =>
        !known.some(({ diagnostic: other }) => other.message === message && other.range.isEqual(range)),
    );
    this.#show(document, [...known, ...fresh]);
  }

  #show({ uri, version }: TextDocument, found: readonly ShownProblem[]): void {
    this.#shown.set(uri.toString(), { version, found });
    this.#draw(uri);
  }

  #draw(uri: Uri): void {
    const shown = this.#shown.get(uri.toString());
    if (shown === undefined) return;
    const isReplaced = ({ problem, diagnostic: about }: ShownProblem): boolean =>
      'level' in problem && this.runFindings.replaces(uri, about);
    this.#collection.set(
      uri,
      shown.found.filter((one) => !isReplaced(one)).map((one) => one.diagnostic),
    );
  }

  #forget(uri: Uri): void {
    this.#checks.get(uri.toString())?.dispose();
    this.#checks.delete(uri.toString());
    this.#watched.get(uri.toString())?.watchers.dispose();
    this.#watched.delete(uri.toString());
    this.#collection.delete(uri);
    this.#shown.delete(uri.toString());
    this.estimates.forget(uri);
  }
}

/** A problem and the diagnostic that shows it. */
interface ShownProblem {
  readonly problem: Problem;
  readonly diagnostic: Diagnostic;
}

/** A diagnostic and the changes that clear it. */
export interface FixableProblem {
  readonly diagnostic: Diagnostic;
  readonly fixes: readonly Fix[];
}

/** The watchers of an experiment's data files. */
interface WatchedFiles {
  /** Their paths, as JSON. */
  readonly files: string;
  readonly watchers: DisposableStore;
}

function patternFor(experiment: Uri, path: string): RelativePattern {
  const cut = path.lastIndexOf('/');
  // The file's own folder is the base, because a pattern can't match above its base. The name may contain wildcards.
  const name = path.slice(cut + 1).replace(/[*?{}[\]]/g, '?');
  return new RelativePattern(Uri.joinPath(folderOf(experiment), path.slice(0, Math.max(0, cut))), name);
}

function asDiagnostics(
  document: TextDocument,
  problems: readonly (Problem | PlacedFinding)[],
): readonly ShownProblem[] {
  return problems.map((problem) => {
    const { code, message, place } = problem;
    const range = new Range(document.positionAt(place.offset), document.positionAt(place.offset + place.length));
    const isFinding = 'level' in problem;
    const severity = isFinding ? severities[problem.level] : DiagnosticSeverity.Error;
    const page = isFinding ? { page: rulePage(code) } : {};
    const related = relatedPlaces(document.uri, problem);
    return { problem, diagnostic: diagnostic({ range, message, severity, code, related, ...page }) };
  });
}
