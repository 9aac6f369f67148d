/** The names that package.json and the code share; a test compares them. */

/** Command identifiers. */
export const commands = {
  train: 'unroll.train',
  trainStepByStep: 'unroll.trainStepByStep',
  trainInTerminal: 'unroll.trainInTerminal',
  pause: 'unroll.pause',
  resume: 'unroll.resume',
  step: 'unroll.step',
  stop: 'unroll.stop',
  setLearningRate: 'unroll.setLearningRate',
  setPace: 'unroll.setPace',
  trainFaster: 'unroll.trainFaster',
  trainSlower: 'unroll.trainSlower',
  showRun: 'unroll.showRun',
  trainAll: 'unroll.trainAll',
  compareSeeds: 'unroll.compareSeeds',
  openRun: 'unroll.openRun',
  compareRuns: 'unroll.compareRuns',
  resumeRun: 'unroll.resumeRun',
  renameRun: 'unroll.renameRun',
  revealRun: 'unroll.revealRun',
  savePredictions: 'unroll.savePredictions',
  shareRun: 'unroll.shareRun',
  copyLink: 'unroll.copyLink',
  shareComparison: 'unroll.shareComparison',
  exportNet: 'unroll.exportNet',
  exportCurves: 'unroll.exportCurves',
  deleteRun: 'unroll.deleteRun',
  newExperiment: 'unroll.newExperiment',
  newExperimentFrom: 'unroll.newExperimentFrom',
  showLog: 'unroll.showLog',
  previewTable: 'unroll.previewTable',
  getStarted: 'unroll.getStarted',
  openSick: 'unroll.openSick',
  openRunFolder: 'unroll.openRunFolder',
  showRunsTable: 'unroll.showRunsTable',
  refreshRuns: 'unroll.refreshRuns',
  editTags: 'unroll.editTags',
  editNote: 'unroll.editNote',
  hideRun: 'unroll.hideRun',
  unhideRun: 'unroll.unhideRun',
  showHiddenRuns: 'unroll.showHiddenRuns',
  leaveOutHiddenRuns: 'unroll.leaveOutHiddenRuns',
  compareExperiments: 'unroll.compareExperiments',
  openExperiment: 'unroll.openExperiment',
  compareAllRuns: 'unroll.compareAllRuns',
  deleteAllRuns: 'unroll.deleteAllRuns',
  showRule: 'unroll.showRule',
  showUpdate: 'unroll.showUpdate',
  fixAndTrain: 'unroll.fixAndTrain',
  applyRemedy: 'unroll.applyRemedy',
  compareBeforeFix: 'unroll.compareBeforeFix',
  findLearningRate: 'unroll.findLearningRate',
  exportPyTorch: 'unroll.exportPyTorch',
  copyRecorder: 'unroll.copyRecorder',
  copyKerasCallback: 'unroll.copyKerasCallback',
  importLog: 'unroll.importLog',
  showLessons: 'unroll.showLessons',
} as const;

/** Context keys that enable commands. */
export const contextKeys = {
  /** State of the run that commands without a target act on: `none`, `waiting`, `preparing`, `running` or `paused`. */
  runState: 'unroll.runState',
  /** Whether the runs view has been filled: until then it does not say that there are no runs. */
  runsListed: 'unroll.runsListed',
  /** Whether the runs view lists runs that a person has hidden. */
  hiddenRunsShown: 'unroll.hiddenRunsShown',
  /** Whether a run has been trained, another update than the latest shown, runs compared, or a table previewed. */
  hasTrained: 'unroll.hasTrained',
  hasSelectedUpdate: 'unroll.hasSelectedUpdate',
  hasCompared: 'unroll.hasCompared',
  hasPreviewed: 'unroll.hasPreviewed',
} as const;

/** The language identifier of *.rnn.json. */
export const languageId = 'unroll-experiment';

/** URI scheme of the read-only documents that preview a table. */
export const previewScheme = 'unroll-table';

/** URI scheme of the read-only documents with the experiment of a run. */
export const runExperimentScheme = 'unroll-run-experiment';

/** URI scheme of the links to an update of a run. */
export const updateScheme = 'unroll-update';

/** Type of the tasks that call the terminal runner. */
export const taskType = 'unroll';

/** The problem matchers of those tasks. */
export const problemMatchers = ['$unroll', '$unroll-expectations'] as const;

/** View type of the webview panel of an experiment or a stored run. */
export const panelViewType = 'unroll.run';

/** View type of the webview panel that compares runs. */
export const comparisonViewType = 'unroll.comparison';

/** View type of the webview panel that tests learning rates. */
export const rangeTestViewType = 'unroll.rangeTest';

/** View type of the panel with the table of runs. */
export const runsTableViewType = 'unroll.runsTable';

/** View identifier of the lessons. */
export const lessonsView = 'unroll.lessons';

/** View identifier of the tree of all runs. */
export const runsView = 'unroll.runs';

/** Identifier of the walkthrough; its steps are completed by context keys, as lenses run commands unnoticed. */
export const walkthrough = 'start';

/** Glob pattern of experiment files. */
export const experimentGlob = '**/*.rnn.json';

/** The settings section, and the settings in it. */
export const settings = {
  section: 'unroll',
  memoryLimitMiB: 'memoryLimitMiB',
  keepRecords: 'keepRecords',
  runsFolder: 'runsFolder',
  trainTogether: 'trainTogether',
  workers: 'workers',
  reproducible: 'reproducible',
  measuredValues: 'measuredValues',
  notifyAfterSeconds: 'notifyAfterSeconds',
} as const;
