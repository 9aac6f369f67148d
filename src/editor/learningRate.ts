import { commands as registry, workspace, type Disposable } from 'vscode';
import { setKey } from '../diagnosis/remedy';
import { commands } from '../platform/ids';
import { showInformationMessage } from '../platform/messages';
import { readExperiment } from '../session/experimentText';
import type { Target } from '../session/sessions';
import { targetOf } from '../session/targets';
import { quote } from '../text/quoting';
import { translate } from '../text/translate';

/** Registers the command that tests the learning rates of an experiment. */
export function registerFindLearningRate(open: (target: Target) => void): Disposable {
  return registry.registerCommand(commands.findLearningRate, (first?: unknown, second?: unknown) => {
    const target = targetOf(first, second);
    if (target === undefined)
      void showInformationMessage(translate`Open an experiment (*.rnn.json) to find its learning rate.`);
    else open(target);
  });
}

/** Writes `optimizer.learningRate` of a target, comments and formatting kept; returns what became of it. */
export async function writeLearningRate({ uri, variant }: Target, learningRate: number): Promise<string> {
  const document = await workspace.openTextDocument(uri);
  const parsed = await readExperiment(uri);
  if (parsed.kind === 'refused')
    return translate`Not written: ${parsed.problems[0]?.message ?? translate`the file has a problem.`}`;
  const { editOf } = await import('./findings/findingActions');
  const changes = parsed.file.changesFor([setKey(['optimizer', 'learningRate'], learningRate)], variant);
  const edit = editOf(document, changes);
  if (edit.size === 0) return translate`The file has this learning rate already: ${learningRate}.`;
  if (!(await workspace.applyEdit(edit))) return translate`Not written: the file could not be changed.`;
  const place = variant === undefined ? '' : translate` of the variant ${quote(variant)}`;
  return translate`"learningRate": ${learningRate} is written into the optimizer${place}; save the file to keep it.`;
}
