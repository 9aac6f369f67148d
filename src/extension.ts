import './platform/texts';
import { commands as registry, languages, Uri, window, type ExtensionContext } from 'vscode';
import { DataCompletions } from './editor/dataCompletions';
import { ExperimentDiagnostics } from './editor/diagnostics';
import { registerFindingCommands } from './editor/findings/registerFindings';
import { RunFindings } from './editor/findings/runFindings';
import { IgnoreHelp } from './editor/ignoreHelp';
import { registerFindLearningRate, writeLearningRate } from './editor/learningRate';
import { registerLanguageModelTools } from './editor/languageModelTools';
import { LayerHover } from './editor/layerHover';
import { TrainLenses } from './editor/lenses';
import { RunNotices } from './editor/runNotices';
import { NewExperiment } from './editor/newExperiment';
import { Samples } from './editor/samples';
import { registerMeasuredValues } from './editor/measured/measuredHints';
import { QuickFixes } from './editor/quickFixes';
import { registerRunnerTasks } from './editor/runnerTasks';
import { registerSchemaLanguage } from './editor/schemaProviders';
import { TableLenses } from './editor/tableLenses';
import { TablePreviews } from './editor/tablePreviews';
import { ExperimentTests } from './editor/testing/experimentTests';
import { JudgedRuns } from './editor/testing/judgedRuns';
import { registerTrainCommands, train, type TrainCommandParts } from './editor/trainCommands';
import { registerExport } from './export/exportCommand';
import { copyLink, ExperimentLinks, registerCopyLink, type CopyParts, type Linked } from './export/experimentLinks';
import { exportCurves } from './export/exportCurves';
import { exportNet } from './export/exportNet';
import { registerRecorder } from './export/recorderCommand';
import { shareComparison, shareRuns } from './export/shareComparison';
import { shareRun } from './export/shareRun';
import { LessonProgress } from './panel/lessons/lessonProgress';
import { LessonSamples } from './panel/lessons/lessonSample';
import { LessonsView } from './panel/lessons/lessonsView';
import { ComparisonPanels } from './panel/comparisonPanels';
import { RangeTestPanels } from './panel/rangeTestPanels';
import { RunPanels } from './panel/runPanels';
import { RunsTablePanels } from './panel/runsTablePanels';
import {
  commands,
  comparisonViewType,
  languageId,
  lessonsView,
  panelViewType,
  rangeTestViewType,
  runsTableViewType,
  runsView,
} from './platform/ids';
import { openLog } from './platform/log';
import { defaultRunsFolder } from './run/storage/runFolder';
import { RunIndex } from './session/stored/runIndex';
import { Estimates } from './session/live/estimates';
import { confirm } from './platform/messages';
import type { Subject } from './panel/subject';
import { readStoredRun } from './session/stored/storedRun';
import { Launcher } from './session/live/launcher';
import { ExternallyResumedRuns } from './session/stored/externallyResumedRuns';
import { LatestRuns } from './session/stored/latestRuns';
import { RunFolderWatcher } from './session/stored/runFolderWatcher';
import { RunReader } from './session/stored/runReader';
import { Sessions } from './session/sessions';
import { targetOf } from './session/targets';
import { TrainerPool } from './session/trainers/trainerPool';
import { trainerStarter } from './session/trainers/trainerStarter.node';
import { TrainingQueue } from './session/live/trainingQueue';
import { EndNotices } from './views/endNotices';
import { registerRunCommands } from './views/runCommands';
import { trackRunState } from './views/runContext';
import { registerRunExperiments } from './views/runExperiments';
import { registerImportLog } from './views/importLog';
import { RunsTree } from './views/runsTree';
import { RunStatusBar } from './views/statusBar';
import { registerWalkthrough } from './views/walkthrough';

/** Builds the parts, registers them and hands them to VS Code, which disposes them in reverse order. */
export function activate(context: ExtensionContext): void {
  const { extensionUri, subscriptions } = context;
  const at = (...path: string[]): Uri => Uri.joinPath(extensionUri, ...path);

  const log = openLog();
  const sessions = new Sessions();
  const watcher = new RunFolderWatcher();
  const ownRuns = context.storageUri && Uri.joinPath(context.storageUri, defaultRunsFolder);
  const index = new RunIndex(sessions, watcher, ownRuns);
  const trainers = new TrainerPool(trainerStarter(extensionUri));
  const startWorker = trainers.take;
  const reader = new RunReader(startWorker);
  const latestRuns = new LatestRuns(context.workspaceState, reader);
  const queue = new TrainingQueue();
  const estimates = new Estimates(startWorker);
  const launcher = new Launcher(sessions, latestRuns, queue, () => estimates.handOver() ?? startWorker(), log, ownRuns);
  const panels = new RunPanels(
    {
      ...{ sessions, index, latestRuns, watcher, startWorker, extension: extensionUri, log },
      copyLink: async (subject) => {
        const linked = await linkedTo(subject);
        if (linked !== undefined) await copyLink(linked, copyParts);
      },
    },
    context.workspaceState,
  );
  const linkedTo = async (subject: Subject | undefined): Promise<Linked | undefined> => {
    if (subject?.kind !== 'run') return subject;
    const run = await readStoredRun(subject.folder);
    return run === undefined ? undefined : { kind: 'run', run };
  };
  const copyParts: CopyParts = {
    extensionId: context.extension.id,
    viewOf: (linked) =>
      panels.viewOfSubject(linked.kind === 'run' ? { kind: 'run', folder: linked.run.folder } : linked),
  };
  const comparisons = new ComparisonPanels(
    {
      sessions,
      index,
      latestRuns,
      watcher,
      extension: extensionUri,
      log,
      showTarget: (target) => panels.show(target, 'panel'),
      showRun: (folder) => panels.showRun(folder, 'panel'),
      share: (compared) => shareComparison(compared, at('dist', 'webview')),
    },
    context.workspaceState,
  );
  const rangeTests = new RangeTestPanels(
    { extension: extensionUri, startWorker, write: writeLearningRate, log },
    context.workspaceState,
  );
  const runsTables = new RunsTablePanels({ extension: extensionUri, index, sessions, log }, context.workspaceState);
  const runs = new RunsTree(index, sessions);
  const tree = window.createTreeView(runsView, { treeDataProvider: runs, canSelectMany: true, showCollapseAll: true });
  runs.showLoading(tree);
  const samples = new Samples(at('media', 'samples'), at('media', 'sick'));
  const lenses = new TrainLenses(sessions, estimates);
  const previews = new TablePreviews(estimates, log);
  const findings = new RunFindings(sessions, estimates);
  const diagnostics = new ExperimentDiagnostics(launcher, estimates, findings, log);
  const trainParts: TrainCommandParts = {
    sessions,
    launcher,
    samples,
    newExperiment: new NewExperiment(samples, estimates),
    showRun: (target, focus) => panels.show(target, focus),
    isTrainable: (target) => estimates.of(target) !== undefined,
    compare: (targets) => {
      comparisons.show(targets.map((target) => ({ kind: 'experiment', target })));
    },
    log,
  };
  const lessons = new LessonsView({
    sources: { sessions, index, latestRuns, watcher },
    samples: new LessonSamples(samples.folder, context.workspaceState, (sample) => samples.copy(sample)),
    progress: new LessonProgress(context.globalState, context.workspaceState),
    startWorker,
    train: (target) => train(trainParts, target),
    showPlace: (target, place) => panels.showPlace(target, place),
    course: at('media', 'lessons'),
    extension: extensionUri,
    log,
  });
  const compareRuns = (folders: readonly Uri[]): void => {
    comparisons.show(folders.map((folder) => ({ kind: 'run', folder })));
  };

  subscriptions.push(
    log,
    trainers,
    reader,
    sessions,
    queue,
    launcher,
    new RunNotices(launcher),
    new IgnoreHelp(sessions, context.workspaceState),
    watcher,
    index,
    new ExternallyResumedRuns(sessions, index, reader, watcher),
    runs,
    tree,
    registerRunExperiments(),
    lessons,
    window.registerWebviewViewProvider(lessonsView, lessons),
    registry.registerCommand(commands.showLessons, () => registry.executeCommand(`${lessonsView}.focus`)),
    new EndNotices(sessions),
    panels,
    comparisons,
    rangeTests,
    runsTables,
    lenses,
    languages.registerCodeLensProvider({ language: languageId }, lenses),
    ...registerSchemaLanguage(),
    languages.registerCompletionItemProvider({ language: languageId }, new DataCompletions(estimates), '"', '/'),
    estimates,
    diagnostics,
    previews,
    languages.registerCodeLensProvider({ language: languageId }, new TableLenses()),
    registerExport(startWorker),
    registerCopyLink(copyParts, () => linkedTo(panels.activeSubject)),
    window.registerUriHandler(
      new ExperimentLinks({
        confirm,
        save: (fileName, text) => samples.save(fileName, text),
        runs: () => index.all(),
        showExperiment: (target, view, place) => panels.showWith({ kind: 'experiment', target }, view, place),
        showRun: ({ folder }, view, place) => panels.showWith({ kind: 'run', folder }, view, place),
      }),
    ),
    ...registerRunnerTasks(at('dist', 'cli.mjs').fsPath),
    registerRecorder(extensionUri),
    registry.registerCommand(commands.previewTable, async (first?: unknown, second?: unknown) =>
      previews.show(targetOf(first, second)),
    ),
    languages.registerCodeActionsProvider(
      { language: languageId },
      new QuickFixes(diagnostics, findings),
      QuickFixes.metadata,
    ),
    findings,
    languages.registerHoverProvider({ language: languageId }, new LayerHover(estimates)),
    ...registerMeasuredValues(index, reader, startWorker),
    ...registerFindingCommands({
      sessions,
      pages: at('docs', 'rules'),
      showUpdate: (target, update) => panels.showUpdate(target, update),
      train: (target) => train(trainParts, target),
      compare: compareRuns,
    }),
    registerFindLearningRate((target) => {
      rangeTests.test(target);
    }),
    ...registerLanguageModelTools({
      ...{ sessions, index, reader, launcher, startWorker },
      showRun: (target) => panels.show(target),
    }),
    new ExperimentTests({ runs: new JudgedRuns({ sessions, launcher, index, reader }), startWorker }),
    new RunStatusBar(sessions),
    trackRunState(sessions),
    registerWalkthrough(context),
    window.registerWebviewPanelSerializer(panelViewType, panels),
    window.registerWebviewPanelSerializer(comparisonViewType, comparisons),
    window.registerWebviewPanelSerializer(rangeTestViewType, rangeTests),
    window.registerWebviewPanelSerializer(runsTableViewType, runsTables),
    ...registerRunCommands({
      index,
      sessions,
      launcher,
      tree,
      startWorker,
      showRun: (folder, focus) => panels.showRun(folder, focus),
      exportNet: (run) => exportNet(run, reader),
      exportCurves: (run) => exportCurves(run, reader),
      shareSeveral: (several) => shareRuns(several, reader, at('dist', 'webview')),
      shareShown: () => comparisons.shareActive(),
      share: (run) => shareRun(run, { reader, startWorker, page: at('dist', 'webview') }),
      compare: compareRuns,
      showTable: () => {
        runsTables.show();
      },
    }),
    ...([true, false] as const).map((isShown) =>
      registry.registerCommand(isShown ? commands.showHiddenRuns : commands.leaveOutHiddenRuns, () => {
        runs.showHidden(isShown);
      }),
    ),
    registerImportLog({ reader, index, showRun: (folder, focus) => panels.showRun(folder, focus) }),
    ...registerTrainCommands(trainParts),
  );
  panels.reopen();
  comparisons.reopen();
  rangeTests.reopen();
  runsTables.reopen();
}
