import { DiagnosticSeverity, languages, Range, workspace, type Disposable, type Uri } from 'vscode';
import type { Finding } from '../diagnosis/finding';
import { DisposableStore } from '../platform/disposable';
import { diagnostic } from '../platform/labels';
import type { Estimates } from '../session/live/estimates';
import type { Session } from '../session/session';
import type { Sessions } from '../session/sessions';
import { parsedInHost } from './experimentCheck';

/** The severity of a diagnostic, by the level of its finding. */
export const severities: Readonly<Record<Finding['level'], DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  hint: DiagnosticSeverity.Information,
};

/**
 * Shows the findings of runs that this window trains as diagnostics at their keys, until the file changes. Findings that
 * the check of the file shows already are left out.
 */
export class RunFindings implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #collection = this.#owned.add(languages.createDiagnosticCollection('unroll-findings'));
  /** The findings of each session of this window when they were last shown. */
  readonly #seen = new WeakMap<Session, readonly Finding[]>();

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
        if (contentChanges.length > 0) this.#collection.delete(document.uri);
      }),
    );
    this.#owned.add(
      workspace.onDidCloseTextDocument(({ uri }) => {
        this.#collection.delete(uri);
      }),
    );
  }

  dispose(): void {
    this.#owned.dispose();
  }

  async #show(uri: Uri): Promise<void> {
    const document = workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
    if (document === undefined) return;
    const { version } = document;
    const parsed = await parsedInHost(document);
    if (parsed?.kind === 'refused' || document.version !== version) return;
    const checked = new Set(this.estimates.findingsOf(uri).map((finding) => finding.message));
    const isNew = ({ message }: Finding): boolean => !checked.has(message);
    const diagnostics = this.sessions.of(uri).flatMap((session) =>
      (this.#seen.get(session) ?? []).filter(isNew).map(({ code, level, keyPath, message }) => {
        // A file that only the trainer parses shows them at its start.
        const place = parsed?.file.placeOf(keyPath, session.variant) ?? { offset: 0, length: 1 };
        const range = new Range(document.positionAt(place.offset), document.positionAt(place.offset + place.length));
        const of = session.variant === undefined ? '' : `${session.variant}: `;
        return diagnostic({ range, message: `${of}${message}`, severity: severities[level], code });
      }),
    );
    this.#collection.set(uri, diagnostics);
  }
}
