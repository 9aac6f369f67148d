import {
  CodeActionKind,
  Range,
  WorkspaceEdit,
  type CodeAction,
  type CodeActionContext,
  type CodeActionProvider,
  type CodeActionProviderMetadata,
  type Diagnostic,
  type TextDocument,
} from 'vscode';
import type { Fix } from '../experiment/problems/fix';
import { quickFix } from '../platform/labels';
import type { ExperimentDiagnostics } from './diagnostics';
import { isShort, parsedInHost } from './experimentCheck';
import type { RunFindings } from './findings/runFindings';

/** Offers the fixes of an experiment's problems and of the findings of its runs: each writes exactly the keys that it names. */
export class QuickFixes implements CodeActionProvider {
  static readonly metadata: CodeActionProviderMetadata = {
    providedCodeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.SourceFixAll.append('unroll')],
  };

  constructor(
    readonly diagnostics: ExperimentDiagnostics,
    readonly findings: RunFindings,
  ) {}

  async provideCodeActions(document: TextDocument, range: Range, context: CodeActionContext): Promise<CodeAction[]> {
    const fixesAll = context.only !== undefined && CodeActionKind.SourceFixAll.contains(context.only);
    if (fixesAll) return this.#findingActions(document, range, context.only);
    if (context.only?.contains(CodeActionKind.QuickFix) === false) return [];
    return [...(await this.#problemFixes(document, range)), ...(await this.#findingActions(document, range))];
  }

  async #problemFixes(document: TextDocument, range: Range): Promise<CodeAction[]> {
    const found = this.diagnostics
      .fixableIn(document)
      .filter(({ diagnostic }) => diagnostic.range.intersection(range) !== undefined);
    if (found.length === 0 || !isShort(document)) return [];
    // Imported lazily: an editor asks at every movement of the cursor, and most places have no fix.
    const { changeOf } = await import('../experiment/problems/applyFix');
    const text = document.getText();
    const actions = found.flatMap(({ diagnostic, fixes }) =>
      fixes.flatMap((fix) => actionFor(document, diagnostic, fix, changeOf(text, fix)) ?? []),
    );
    const [only, ...others] = actions;
    if (only !== undefined && others.length === 0) only.isPreferred = true;
    return actions;
  }

  /** @param fixAll the kind of the action for all findings, where only that is asked for */
  async #findingActions(document: TextDocument, range: Range, fixAll?: CodeActionKind): Promise<CodeAction[]> {
    const all = await this.findings.shownIn(document);
    const here = all.filter(({ diagnostic }) => diagnostic.range.intersection(range) !== undefined);
    if (fixAll === undefined ? here.length === 0 : all.length === 0) return [];
    const parsed = await parsedInHost(document);
    if (parsed?.kind !== 'experiment') return [];
    const { findingActions, fixAllAction, fixAllKind } = await import('./findings/findingActions');
    const kind = fixAll === undefined ? CodeActionKind.QuickFix : fixAllKind;
    const every = fixAllAction(document, parsed.file, all, kind);
    const each = fixAll === undefined ? findingActions(document, parsed.file, here) : [];
    return [...each, ...(every === undefined ? [] : [every])];
  }
}

function actionFor(
  document: TextDocument,
  diagnostic: Diagnostic,
  { title }: Fix,
  change: { readonly offset: number; readonly length: number; readonly text: string } | undefined,
): CodeAction | undefined {
  if (change === undefined) return undefined;
  const { offset, length, text } = change;
  const edit = new WorkspaceEdit();
  edit.replace(document.uri, new Range(document.positionAt(offset), document.positionAt(offset + length)), text);
  return quickFix(title, edit, [diagnostic]);
}
