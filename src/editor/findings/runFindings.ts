import {
  DiagnosticSeverity,
  EventEmitter,
  languages,
  Range,
  workspace,
  type Diagnostic,
  type Disposable,
  type Event,
  type TextDocument,
  type Uri,
} from 'vscode';
import type { Finding } from '../../diagnosis/finding';
import type { ExperimentFile } from '../../experiment/experimentFile';
import { DisposableStore } from '../../platform/disposable';
import { diagnostic } from '../../platform/labels';
import { Throttler } from '../../platform/throttler';
import { memberName } from '../../run/displayName';
import type { Estimates } from '../../session/live/estimates';
import type { Session } from '../../session/session';
import type { Sessions } from '../../session/sessions';
import { changedKeys, formatKeyNames } from '../../session/changedKeys';
import { parsedInHost } from '../experimentCheck';
import { mergeSeeds } from './mergeSeeds';
import { rulePage } from './rulePages';
import { severities } from './severities';
import { linkToUpdate } from './updateLinks';
import { translate } from '../../text/translate';

/** Milliseconds after a change of a file until its findings are compared with it again. */
const refreshMilliseconds = 300;

/** A finding of a run, and the diagnostic that shows it. */
export interface ShownFinding {
  readonly finding: Finding;
  readonly session: Session;
  readonly diagnostic: Diagnostic;
  /** Whether the experiment has changed since the run. */
  readonly isOutdated: boolean;
}

/**
 * Shows the findings of runs that this window trains as diagnostics at their keys. When the experiment has changed since
 * the run, they stay, marked as outdated. Findings that the check of the file shows already are left out.
 */
export class RunFindings implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #collection = this.#owned.add(languages.createDiagnosticCollection('unroll-findings'));
  /** The findings of each session of this window when they were last shown. */
  readonly #seen = new WeakMap<Session, readonly Finding[]>();
  readonly #shown = new Map<string, { readonly version: number; readonly found: readonly ShownFinding[] }>();
  /** Documents that have changed, and are too long to be compared with their runs: all their findings are outdated. */
  readonly #changedLong = new Set<string>();
  readonly #waiting = new Map<string, Uri>();
  readonly #refresh = this.#owned.add(
    new Throttler(refreshMilliseconds, () => {
      const waiting = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const uri of waiting) void this.#show(uri);
    }),
  );

  readonly #shownAnew = this.#owned.add(new EventEmitter<Uri>());

  /** Fires when the findings of a file's runs are shown, or shown no more. */
  readonly onDidShow: Event<Uri> = this.#shownAnew.event;

  constructor(
    readonly sessions: Sessions,
    readonly estimates: Estimates,
  ) {
    this.#owned.add(
      sessions.onDidChange((session) => {
        const known = this.#seen.get(session);
        // The experiment of a run that was opened from its folder may have changed since.
        if (known === undefined && !session.isLive) return;
        if (known === session.findings) return;
        if (known === undefined) this.#changedLong.delete(session.uri.toString());
        this.#seen.set(session, session.findings);
        void this.#show(session.uri);
      }),
    );
    this.#owned.add(
      estimates.onDidChange(() => {
        this.#collection.forEach((uri) => void this.#show(uri));
      }),
    );
    this.#owned.add(
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length === 0 || !this.#shown.has(document.uri.toString())) return;
        this.#changedLong.add(document.uri.toString());
        this.#waiting.set(document.uri.toString(), document.uri);
        this.#refresh.schedule();
      }),
    );
    this.#owned.add(
      workspace.onDidOpenTextDocument(({ uri }) => {
        if (sessions.of(uri).some((session) => this.#seen.has(session))) void this.#show(uri);
      }),
    );
    this.#owned.add(
      workspace.onDidCloseTextDocument(({ uri }) => {
        this.#collection.delete(uri);
        this.#shown.delete(uri.toString());
      }),
    );
  }

  /**
   * Whether a run of the file as it is now has found the same at the same place as this diagnostic, which was shown before
   * training: what the run measured replaces what was expected of it.
   */
  replaces(uri: Uri, expected: Diagnostic): boolean {
    return (this.#shown.get(uri.toString())?.found ?? []).some(
      ({ finding, diagnostic: found, isOutdated }) =>
        !isOutdated && finding.code === codeOf(expected) && found.range.isEqual(expected.range),
    );
  }

  /** The findings of a document's runs, compared with its present text; none while that can't be read. */
  async shownIn({ uri, version }: TextDocument): Promise<readonly ShownFinding[]> {
    const key = uri.toString();
    if (this.#shown.has(key) && this.#shown.get(key)?.version !== version) await this.#show(uri);
    const shown = this.#shown.get(key);
    return shown?.version === version ? shown.found : [];
  }

  dispose(): void {
    this.#owned.dispose();
  }

  async #show(uri: Uri): Promise<void> {
    const document = workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
    if (document === undefined) return;
    const { version } = document;
    const parsed = await parsedInHost(document);
    // While a text can't be read, its findings stay where they are.
    if (parsed?.kind === 'refused' || document.version !== version) return;
    const checked = new Set(this.estimates.findingsOf(uri).map((finding) => finding.message));
    const all = this.sessions.of(uri).flatMap((session) => {
      const isGone = parsed !== undefined && !hasTarget(parsed.file, session);
      const findings = isGone ? [] : (this.#seen.get(session) ?? []);
      return findings.filter(({ message }) => !checked.has(message)).map((finding) => ({ finding, session }));
    });
    const found = mergeSeeds(all).map(({ finding, session, seeds }) =>
      this.#shownAs(finding, session, seeds, document, parsed?.file),
    );
    this.#shown.set(uri.toString(), { version, found });
    this.#collection.set(
      uri,
      found.map((one) => one.diagnostic),
    );
    this.#shownAnew.fire(uri);
  }

  #shownAs(
    finding: Finding,
    session: Session,
    seeds: readonly number[],
    document: TextDocument,
    file: ExperimentFile | undefined,
  ): ShownFinding {
    const { code, level, keyPath, message, when, update } = finding;
    // A file that only the trainer parses shows them at its start.
    const place = file?.placeOf(keyPath, session.variant) ?? { offset: 0, length: 1 };
    const range = new Range(document.positionAt(place.offset), document.positionAt(place.offset + place.length));
    const member = memberName(session.variant, session.seed);
    const also = seeds.length < 2 ? '' : translate` (also ${seeds.filter((seed) => seed !== session.seed).join(', ')})`;
    const of = member === undefined ? '' : `${member}${also}: `;
    const changes = this.#changesSince(session, document.uri, file);
    const isOutdated = changes !== undefined;
    const shown = diagnostic({
      range,
      message: isOutdated ? translate`Outdated: ${changes} since this run. ${of}${message}` : `${of}${message}`,
      severity: isOutdated ? DiagnosticSeverity.Information : severities[level],
      code,
      page: rulePage(code),
      related: when === 'start' || session.folder === undefined ? [] : [linkToUpdate(session, update)],
    });
    return { finding, session, diagnostic: shown, isOutdated };
  }

  /** What has changed since a run, as the beginning of a sentence; undefined if nothing has. */
  #changesSince(session: Session, uri: Uri, file: ExperimentFile | undefined): string | undefined {
    const changes = file === undefined ? undefined : changedKeys(session, file);
    if (changes !== undefined) return changes.length === 0 ? undefined : translate`${formatKeyNames(changes)} changed`;
    const isChanged = file !== undefined || this.#changedLong.has(uri.toString());
    return isChanged && session.experiment !== undefined ? translate`the file has changed` : undefined;
  }
}

function codeOf({ code }: Diagnostic): unknown {
  return typeof code === 'object' ? code.value : code;
}

/** Whether a file still has the variant and the seed of a run. */
function hasTarget(file: ExperimentFile, { variant, seed }: Session): boolean {
  const isKnown = variant === undefined || file.variants.some(({ name }) => name === variant);
  return isKnown && (seed === undefined || file.seedsOf(variant).includes(seed));
}
