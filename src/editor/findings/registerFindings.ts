import { commands as registry, type Disposable, type Uri } from 'vscode';
import { commands } from '../../platform/ids';
import type { Target } from '../../session/sessions';
import { targetOf } from '../../session/targets';
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
    ...registerFixAndTrain(parts),
    registry.registerCommand(
      commands.showUpdate,
      async (uri: unknown, variant: unknown, seed: unknown, update: unknown) => {
        const target = typeof uri === 'string' ? targetOf(uri, variant, seed) : undefined;
        if (target !== undefined && typeof update === 'number') await parts.showUpdate(target, update);
      },
    ),
  ];
}
