import { commands as registry, Uri, type Disposable } from 'vscode';
import { commands } from '../../platform/ids';
import type { Target } from '../../session/sessions';
import { registerFixAndTrain, type FixAndTrainParts } from './fixAndTrain';
import { registerRulePages } from './rulePages';
import { registerUpdateLinks } from './updateLinks';

/** What the commands on findings use of the extension. */
export interface FindingParts extends FixAndTrainParts {
  /** The folder of the pages about the rules. */
  readonly pages: Uri;
  /** Shows a run's panel and selects an update in it. */
  readonly showUpdate: (target: Target, update: number) => Promise<void>;
}

/** Registers the commands on findings: explain, show the update, fix and train again. */
export function registerFindingCommands(parts: FindingParts): Disposable[] {
  return [
    registerRulePages(parts.pages),
    ...registerUpdateLinks(parts.showUpdate),
    registerFixAndTrain(parts),
    registry.registerCommand(commands.showUpdate, async (uri: unknown, variant: unknown, update: unknown) => {
      if (typeof uri !== 'string' || typeof update !== 'number') return;
      const target = { uri: Uri.parse(uri), variant: typeof variant === 'string' ? variant : undefined };
      await parts.showUpdate(target, update);
    }),
  ];
}
