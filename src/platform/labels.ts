import {
  CodeLens,
  CompletionItem,
  Diagnostic,
  DocumentSymbol,
  MarkdownString,
  TreeItem,
  type Command,
  type DiagnosticSeverity,
  type Range,
  type SymbolKind,
  type TreeItemCollapsibleState,
  type WebviewPanel,
} from 'vscode';
import { plainText } from '../text/plainText';

/** A code lens: what stands above the code, and what pressing it does. */
export interface LensParts extends Command {
  /** Name of a theme icon before the title. */
  readonly icon?: string;
}

/** A code lens whose title and tooltip are text, whoever wrote them. */
export function codeLens(range: Range, { icon, title, tooltip, ...command }: LensParts): CodeLens {
  return new CodeLens(range, {
    ...command,
    title: `${icon === undefined ? '' : `$(${icon}) `}${plainText(title)}`,
    ...(tooltip === undefined ? {} : { tooltip: plainText(tooltip) }),
  });
}

/** What a diagnostic says, and where. */
export interface DiagnosticParts {
  readonly range: Range;
  readonly message: string;
  readonly severity: DiagnosticSeverity;
  readonly code: string;
}

/** A diagnostic of this extension whose message is text, whoever wrote it. */
export function diagnostic({ range, message, severity, code }: DiagnosticParts): Diagnostic {
  const made = new Diagnostic(range, plainText(message), severity);
  made.source = 'Unroll';
  made.code = code;
  return made;
}

/** The parts of a tree item that are text or markup in VS Code, here text only. */
export interface TreeItemText {
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** What a screen reader says in place of the label. */
  readonly accessibilityLabel?: string;
}

/** A tree item whose label, description and tooltip are text, whoever wrote them. */
export function treeItem(
  { label, description, tooltip, accessibilityLabel }: TreeItemText,
  collapsibleState: TreeItemCollapsibleState,
): TreeItem {
  const item = new TreeItem(plainText(label), collapsibleState);
  if (description !== undefined) item.description = plainText(description);
  if (tooltip !== undefined) item.tooltip = plainText(tooltip);
  if (accessibilityLabel !== undefined) item.accessibilityInformation = { label: plainText(accessibilityLabel) };
  return item;
}

/** A completion whose label is text; what it inserts and is found by stays as it is. */
export function completionItem(label: string): CompletionItem {
  const item = new CompletionItem(plainText(label));
  item.filterText = label;
  return item;
}

/** A symbol of a document whose name and detail are text; VS Code takes no empty name. */
export function documentSymbol(
  name: string,
  detail: string,
  kind: SymbolKind,
  range: Range,
  selectionRange: Range,
): DocumentSymbol {
  return new DocumentSymbol(plainText(name), plainText(detail), kind, range, selectionRange);
}

/** Markdown of our own, such as the schema's descriptions. It is not trusted: a command link in it does nothing. */
export function markdown(text: string): MarkdownString {
  const made = new MarkdownString(text);
  made.isTrusted = false;
  made.supportHtml = false;
  return made;
}

/** Gives a panel's tab a title that is text, whoever wrote it, and returns it as it stands there. */
export function setPanelTitle(panel: WebviewPanel, title: string): string {
  return (panel.title = plainText(title));
}
