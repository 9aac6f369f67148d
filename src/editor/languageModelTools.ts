import type { Uri } from 'vscode';
import {
  LanguageModelTextPart,
  LanguageModelToolResult,
  lm,
  workspace,
  type CancellationToken,
  type Disposable,
  type LanguageModelTool,
} from 'vscode';
import { experimentGlob } from '../platform/ids';
import { markdown } from '../platform/labels';
import { reasonOf } from '../protocol/channel';
import { readExperiment } from '../session/experimentText';
import type { Launcher } from '../session/live/launcher';
import { trainUntilOver } from '../session/live/trainUntilOver';
import type { Sessions, Target } from '../session/sessions';
import type { RunIndex } from '../session/stored/runIndex';
import type { RunReader } from '../session/stored/runReader';
import { readFindingsIn } from '../session/stored/storedFindings';
import { readStoredRun, type StoredRun } from '../session/stored/storedRun';
import { Inspector } from '../session/trainers/inspector';
import type { StartTrainerWorker } from '../session/trainers/trainerWorker';
import { formatCount } from '../text/numbers';
import { quote, quoteAll } from '../text/quoting';
import type { ToolRuns } from '../tools/answers';
import type { ReadableRun, ListedRun } from '../tools/readableRun';
import type { ToolInput } from '../tools/toolDefinitions';
import { readingTools, trainTool, type ReadingTool } from '../tools/toolNames';
import { locationOf, uriOfLocation } from '../session/files/location';

/** What the tools use of the extension. */
export interface ToolParts {
  readonly sessions: Sessions;
  readonly index: RunIndex;
  readonly reader: RunReader;
  readonly launcher: Launcher;
  readonly startWorker: StartTrainerWorker;
  /** Shows the panel of a target without taking the focus. */
  readonly showRun: (target: Target) => Promise<void>;
}

/**
 * Registers the tools that language models may call. Those that read name runs and experiments of the workspace only;
 * before the one that trains, VS Code asks the person.
 */
export function registerLanguageModelTools(parts: ToolParts): Disposable[] {
  return [
    ...readingTools.map((name) => lm.registerTool<ToolInput<ReadingTool>>(name, readingTool(name, parts))),
    lm.registerTool<ToolInput<typeof trainTool>>(trainTool, {
      prepareInvocation: ({ input: { file, variant, seed } }) => {
        const which = [
          ...(variant === undefined ? [] : [`variant ${quote(variant)}`]),
          ...(seed === undefined ? [] : [`seed ${seed}`]),
        ];
        const what = `${quote(file)}${which.length === 0 ? '' : ` (${which.join(', ')})`}`;
        return {
          invocationMessage: markdown('').appendText(`Training ${what}`),
          confirmationMessages: {
            title: 'Train an experiment?',
            message: markdown('').appendText(
              `${what} is trained with the processor and memory that the settings of Unroll allow. Its run is saved. A run of it that trains now is stopped first.`,
            ),
          },
        };
      },
      invoke: async ({ input }, token) => resultOf(await train(input, token, parts)),
    }),
  ];
}

function readingTool<Name extends ReadingTool>(name: Name, parts: ToolParts): LanguageModelTool<ToolInput<Name>> {
  return {
    invoke: async ({ input }) => {
      // Its schemas are built when a tool is first called, not when the extension is activated.
      const { answerTool, checkInput } = await import('../tools/answers');
      return resultOf(await answerTool(name, checkInput(name, input), runsOf(parts)));
    },
  };
}

function resultOf(answer: object): LanguageModelToolResult {
  return new LanguageModelToolResult([new LanguageModelTextPart(JSON.stringify(answer))]);
}

/** The runs of the workspace, by the paths of their folders in it. */
function runsOf(parts: ToolParts): ToolRuns {
  const { index } = parts;
  return {
    all: async () => (await index.all()).map(listedRunOf),
    open: async (name) => {
      const run = (await index.all()).find(({ folder }) => nameOf(folder) === name || folder.fsPath === name);
      if (run === undefined) {
        throw new Error(
          `There is no run ${quote(name)} in this workspace. unroll_list_runs lists those that there are.`,
        );
      }
      return readableRun(run, parts);
    },
  };
}

function listedRunOf({ folder, source, manifest, state }: StoredRun): ListedRun {
  return { run: nameOf(folder), file: source === undefined ? undefined : nameOf(source), manifest, state };
}

function nameOf(uri: Uri): string {
  return workspace.asRelativePath(uri);
}

function readableRun(run: StoredRun, { reader, startWorker }: ToolParts): ReadableRun {
  const { manifest, folder, base } = run;
  const { facts, updates } = manifest;
  const inspector = new Inspector(base, locationOf(folder), startWorker, () => updates);
  return {
    ...listedRunOf(run),
    findings: async () => {
      if (facts.recordedBy === undefined) return readFindingsIn(locationOf(folder));
      const request = { folder: locationOf(folder), info: facts };
      return { findings: await reader.growing().recordedFindings(request, updates, false), damage: '' };
    },
    outcome: () => reader.measureOutcome(locationOf(folder), facts),
    ask: (name, params) => inspector.ask(name, params),
    close: () => {
      inspector.dispose();
    },
  };
}

/** Trains an experiment of the workspace and answers the diagnosis of its run. */
async function train(input: ToolInput<typeof trainTool>, token: CancellationToken, parts: ToolParts): Promise<object> {
  const { checkInput } = await import('../tools/answers');
  const target = await targetOf(checkInput(trainTool, input));
  const launch = await trainUntilOver(parts.launcher, target, token, () => void parts.showRun(target));
  switch (launch.kind) {
    case 'started':
      break;
    case 'refused':
      throw new Error(launch.problems.map(({ message, place }) => `Line ${place.line}: ${message}`).join('\n'));
    case 'failed':
      throw new Error(launch.message);
    case 'stopped':
      throw new Error('The run was stopped before it began.');
    default:
      return launch satisfies never;
  }
  const { folder, status } = launch.session;
  const stored = folder === undefined ? undefined : await readStoredRun(uriOfLocation(folder));
  if (stored === undefined) {
    // The setting that keeps no records: only the end of the run is known.
    const { state, updates, message } = status;
    return { state, updates, message: message ?? null, notes: ['The run was not saved.'] };
  }
  const { diagnose } = await import('../tools/runDiagnosis');
  const opened = readableRun(stored, parts);
  try {
    return await diagnose(opened);
  } finally {
    opened.close();
  }
}

/** @throws where the workspace has no such experiment, or not this variant or seed */
async function targetOf({ file, variant, seed }: ToolInput<typeof trainTool>): Promise<Target> {
  const files = await workspace.findFiles(experimentGlob, '**/node_modules/**');
  const uri = files.find((one) => nameOf(one) === file || one.fsPath === file);
  if (uri === undefined) {
    const names = files.map(nameOf).sort();
    const there = names.length === 0 ? 'It has none.' : `It has ${quoteAll(names)}.`;
    throw new Error(`There is no experiment ${quote(file)} in this workspace. ${there}`);
  }
  const parsed = await readExperiment(uri).catch((error: unknown) => {
    throw new Error(`${quote(file)} can't be read: ${reasonOf(error)}`);
  });
  if (parsed.kind === 'refused') {
    throw new Error(parsed.problems.map(({ place, message }) => `Line ${place.line}: ${message}`).join('\n'));
  }
  const names = parsed.file.variants.map(({ name }) => name);
  if (variant !== undefined && !names.includes(variant)) {
    const there = names.length === 0 ? 'It has none.' : `It has ${quoteAll(names)}.`;
    throw new Error(`${quote(file)} has no variant ${quote(variant)}. ${there}`);
  }
  const seeds = parsed.file.seedsOf(variant);
  if (seed === undefined ? seeds.length > 0 : !seeds.includes(seed)) {
    const there =
      seeds.length === 0
        ? 'It has no "seeds".'
        : `It has ${formatCount(seeds.length, 'seed')}: ${seeds.join(', ')}. Name one.`;
    throw new Error(`${quote(file)} is not trained with ${seed === undefined ? 'one seed' : `seed ${seed}`}. ${there}`);
  }
  return { uri, variant, seed };
}
