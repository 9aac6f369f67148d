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
import { isShort } from './experimentCheck';

/** Offers the fixes of an experiment's problems: each writes exactly the keys that it names. */
export class QuickFixes implements CodeActionProvider {
  static readonly metadata: CodeActionProviderMetadata = { providedCodeActionKinds: [CodeActionKind.QuickFix] };

  constructor(readonly diagnostics: ExperimentDiagnostics) {}

  async provideCodeActions(document: TextDocument, range: Range, context: CodeActionContext): Promise<CodeAction[]> {
    if (context.only?.contains(CodeActionKind.QuickFix) === false) return [];
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
