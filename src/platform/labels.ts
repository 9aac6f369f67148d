import {
  CodeAction,
  CodeActionKind,
  CodeLens,
  CompletionItem,
  Diagnostic,
  DiagnosticRelatedInformation,
  DocumentSymbol,
  InlayHint,
  MarkdownString,
  TreeItem,
  type Command,
  type DiagnosticSeverity,
  type Location,
  type Position,
  type Range,
  type SymbolKind,
  type TreeItemCollapsibleState,
  type Uri,
  type WebviewPanel,
  type WorkspaceEdit,
} from 'vscode';
import { plainText } from '../text/plainText';
import { translateMessage } from '../text/translate';

/** The content of a code lens: its title, and the command that it runs. */
export interface LensContent extends Command {
  /** Name of a theme icon before the title. */
  readonly icon?: string;
}

/** A code lens whose title and tooltip are shown as plain text. */
export function codeLens(range: Range, { icon, title, tooltip, ...command }: LensContent): CodeLens {
  return new CodeLens(range, {
    ...command,
    title: `${icon === undefined ? '' : `$(${icon}) `}${plainText(title)}`,
    ...(tooltip === undefined ? {} : { tooltip: plainText(tooltip) }),
  });
}

/** The content of a diagnostic. */
export interface DiagnosticContent {
  readonly range: Range;
  readonly message: string;
  readonly severity: DiagnosticSeverity;
  readonly code: string;
  /** The page that its code links to. */
  readonly page?: Uri;
  /** Places that have to do with it. */
  readonly related?: DiagnosticRelatedInformation[];
}

/** A diagnostic of this extension whose message is shown as plain text. */
export function diagnostic({ range, message, severity, code, page, related }: DiagnosticContent): Diagnostic {
  const made = new Diagnostic(range, plainText(translateMessage(message)), severity);
  made.source = 'Unroll';
  made.code = page === undefined ? code : { value: code, target: page };
  if (related !== undefined) made.relatedInformation = related;
  return made;
}

/** A link below a diagnostic, whose text is plain text. */
export function relatedInformation(location: Location, message: string): DiagnosticRelatedInformation {
  return new DiagnosticRelatedInformation(location, plainText(translateMessage(message)));
}

/** A code action whose title is shown as plain text. */
export function codeAction(title: string, kind: CodeActionKind, diagnostics: Diagnostic[]): CodeAction {
  const made = new CodeAction(plainText(translateMessage(title)), kind);
  made.diagnostics = diagnostics;
  return made;
}

/** A quick fix whose title is shown as plain text. */
export function quickFix(title: string, edit: WorkspaceEdit, diagnostics: Diagnostic[]): CodeAction {
  const made = codeAction(title, CodeActionKind.QuickFix, diagnostics);
  made.edit = edit;
  return made;
}

/** A text beside code, shown as plain text. */
export function inlayHint(position: Position, label: string, tooltip: MarkdownString): InlayHint {
  const made = new InlayHint(position, plainText(label));
  made.paddingLeft = true;
  made.tooltip = tooltip;
  return made;
}

/** The texts of a tree item. VS Code would render icons in some of them; here they are plain text. */
export interface TreeItemText {
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** What a screen reader reads in place of the label. */
  readonly accessibilityLabel?: string;
}

/** A tree item whose label, description and tooltip are shown as plain text. */
export function treeItem(
  { label, description, tooltip, accessibilityLabel }: TreeItemText,
  collapsibleState: TreeItemCollapsibleState,
): TreeItem {
  const item = new TreeItem(plainText(label), collapsibleState);
  if (description !== undefined) item.description = plainText(description);
  if (tooltip !== undefined) item.tooltip = plainText(translateMessage(tooltip));
  if (accessibilityLabel !== undefined) item.accessibilityInformation = { label: plainText(accessibilityLabel) };
  return item;
}

/** A completion whose label is shown as plain text; the inserted text and the filter text are unchanged. */
export function completionItem(label: string): CompletionItem {
  const item = new CompletionItem(plainText(label));
  item.filterText = label;
  return item;
}

/** A symbol of a document whose name and detail are shown as plain text. VS Code throws for an empty name. */
export function documentSymbol(
  name: string,
  detail: string,
  kind: SymbolKind,
  range: Range,
  selectionRange: Range,
): DocumentSymbol {
  return new DocumentSymbol(plainText(name), plainText(detail), kind, range, selectionRange);
}

/** Markdown of this extension, such as the schema's descriptions. It isn't trusted, so command links in it are disabled. */
export function markdown(text: string): MarkdownString {
  const made = new MarkdownString(translateMessage(text));
  made.isTrusted = false;
  made.supportHtml = false;
  return made;
}

/** Sets the title of a panel's tab as plain text, and returns the title that the tab shows. */
export function setPanelTitle(panel: WebviewPanel, title: string): string {
  return (panel.title = plainText(title));
}
