import { CodeActionKind, Range, WorkspaceEdit, type CodeAction, type TextDocument } from 'vscode';
import type { Remedy } from '../../diagnosis/remedy';
import { formatRemedy } from '../../text/remedyText';
import type { ExperimentFile } from '../../experiment/experimentFile';
import { changeOf } from '../../experiment/problems/applyFix';
import type { KeyChange } from '../../experiment/problems/keyChanges';
import { parseExperiment } from '../../experiment/parse';
import { commands } from '../../platform/ids';
import { codeAction } from '../../platform/labels';
import { quote } from '../../text/quoting';
import type { ShownFinding } from './runFindings';
import { translate } from '../../text/translate';

/** What a remedy of a finding changes, as an argument of the command that applies it and trains. */
export interface FixRequest {
  readonly title: string;
  readonly changes: readonly KeyChange[];
}

/** The kind of the action that fixes everything in a file. */
export const fixAllKind = CodeActionKind.SourceFixAll.append('unroll');

/** The actions for the findings at a place: fix, fix and train again, keep as a variant, show, explain. */
export function findingActions(
  document: TextDocument,
  file: ExperimentFile,
  here: readonly ShownFinding[],
): readonly CodeAction[] {
  return here.flatMap((shown) => [...fixActions(document, file, shown), ...otherActions(shown)]);
}

function fixActions(document: TextDocument, file: ExperimentFile, shown: ShownFinding): readonly CodeAction[] {
  const { finding, session, diagnostic, isOutdated } = shown;
  if (isOutdated) {
    const train = codeAction(translate`Train again, to check the changed experiment`, CodeActionKind.QuickFix, [
      diagnostic,
    ]);
    train.command = {
      command: commands.train,
      title: translate`Train`,
      arguments: [session.uri.toString(), session.variant, session.seed],
    };
    return [train];
  }
  const text = document.getText();
  const actions = (finding.remedies ?? []).flatMap((remedy) => {
    const request = fixOf(text, file, remedy, session.variant);
    if (request === undefined) return [];
    const { title, changes } = request;
    const fix = codeAction(title, CodeActionKind.QuickFix, [diagnostic]);
    fix.edit = editOf(document, changes);
    const again = session.seed === undefined ? translate`again` : translate`seed ${session.seed} again`;
    const retrain = codeAction(`${title}, and train ${again}`, CodeActionKind.QuickFix, [diagnostic]);
    retrain.command = {
      command: commands.fixAndTrain,
      title: translate`Fix and Train Again`,
      arguments: [session.uri.toString(), session.variant, session.seed, request],
    };
    const added = file.newVariant(remedy, session.variant);
    const keep = codeAction(
      translate`Keep this file, and add the variant ${quote(added.name)}`,
      CodeActionKind.QuickFix,
      [diagnostic],
    );
    keep.edit = editOf(document, [added]);
    return [fix, retrain, keep];
  });
  const [first] = actions;
  if (first !== undefined) first.isPreferred = true;
  return actions;
}

function otherActions({ finding, session, diagnostic }: ShownFinding): readonly CodeAction[] {
  const { code, when, update } = finding;
  const show = codeAction(translate`Show update ${update} in the panel`, CodeActionKind.QuickFix, [diagnostic]);
  show.command = {
    command: commands.showUpdate,
    title: translate`Show Update`,
    arguments: [session.uri.toString(), session.variant, session.seed, update],
  };
  const explain = codeAction(`Explain ${code}`, CodeActionKind.QuickFix, [diagnostic]);
  explain.command = { command: commands.showRule, title: translate`Explain Finding`, arguments: [code] };
  return when === 'start' || session.folder === undefined ? [explain] : [show, explain];
}

/** The action that applies the first remedy of every finding of a file; undefined where fewer than two have one. */
export function fixAllAction(
  document: TextDocument,
  file: ExperimentFile,
  all: readonly ShownFinding[],
  kind: CodeActionKind,
): CodeAction | undefined {
  const text = document.getText();
  const [changes, fixed, touched] = [new Array<KeyChange>(), new Array<ShownFinding>(), new Set<string>()];
  for (const shown of all) {
    const [remedy] = shown.isOutdated ? [] : (shown.finding.remedies ?? []);
    const { variant } = shown.session;
    const own = remedy === undefined ? [] : file.changesFor(remedy, variant);
    const keys = own.map(({ keyPath }) => JSON.stringify(keyPath));
    // Two findings may have one cause, and the same fix.
    if (own.length === 0 || keys.some((key) => touched.has(key))) continue;
    if (changedText(text, [...changes, ...own], variant) === undefined) continue;
    changes.push(...own);
    fixed.push(shown);
    for (const key of keys) touched.add(key);
  }
  if (fixed.length < (kind === CodeActionKind.QuickFix ? 2 : 1)) return undefined;
  const action = codeAction(
    translate`Fix all ${fixed.length} findings of this file`,
    kind,
    fixed.map(({ diagnostic }) => diagnostic),
  );
  action.edit = editOf(document, changes);
  return action;
}

/** A remedy as changes of a file; undefined where it changes nothing, or leads to an experiment with problems. */
export function fixOf(
  text: string,
  file: ExperimentFile,
  known: Remedy,
  variant: string | undefined,
): FixRequest | undefined {
  // A key that isn't written needn't be removed, or be spoken of.
  const remedy = known.filter((change) => file.changesFor([change], variant).length > 0);
  const changes = file.changesFor(remedy, variant);
  if (changedText(text, changes, variant) === undefined) return undefined;
  return { title: titleOf(remedy, variant), changes };
}

/** The variant that tries a remedy; undefined where the file would then have problems. */
export function trialOf(text: string, file: ExperimentFile, remedy: Remedy, variant: string | undefined) {
  const trial = file.newVariant(remedy, variant);
  return changedText(text, [trial], trial.name) === undefined ? undefined : trial;
}

function titleOf(remedy: Remedy, variant: string | undefined): string {
  return `${formatRemedy(remedy)}${variant === undefined ? '' : translate` in the variant ${quote(variant)}`}`;
}

/** The text after changes; undefined if they don't apply, or if the experiment would then have problems. */
function changedText(text: string, changes: readonly KeyChange[], variant: string | undefined): string | undefined {
  const change = changeOf(text, { title: '', changes });
  if (change === undefined) return undefined;
  const after = text.slice(0, change.offset) + change.text + text.slice(change.offset + change.length);
  const parsed = parseExperiment(after);
  return parsed.kind === 'experiment' && parsed.file.resolve(variant).kind === 'resolved' ? after : undefined;
}

/** The edit of a document that makes changes of its keys. */
export function editOf(document: TextDocument, changes: readonly KeyChange[]): WorkspaceEdit {
  const edit = new WorkspaceEdit();
  const change = changeOf(document.getText(), { title: '', changes });
  if (change === undefined) return edit;
  const { offset, length, text } = change;
  edit.replace(document.uri, new Range(document.positionAt(offset), document.positionAt(offset + length)), text);
  return edit;
}
