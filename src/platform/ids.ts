/** Every name that package.json and the code share; a test compares the two. */

/** Commands, by what they do. */
export const commands = {
  train: 'unroll.train',
  pause: 'unroll.pause',
  resume: 'unroll.resume',
  step: 'unroll.step',
  stop: 'unroll.stop',
  setLearningRate: 'unroll.setLearningRate',
  showRun: 'unroll.showRun',
  trainAll: 'unroll.trainAll',
  openRun: 'unroll.openRun',
  compareRuns: 'unroll.compareRuns',
  resumeRun: 'unroll.resumeRun',
  renameRun: 'unroll.renameRun',
  revealRun: 'unroll.revealRun',
  deleteRun: 'unroll.deleteRun',
  newExperiment: 'unroll.newExperiment',
  showLog: 'unroll.showLog',
} as const;

/** Context keys that enable commands. */
export const contextKeys = {
  /** `none`, `preparing`, `running` or `paused`: the run that commands without a target act on. */
  runState: 'unroll.runState',
} as const;

/** The language of *.rnn.json. */
export const languageId = 'unroll-experiment';

/** The webview panel of an experiment. */
export const panelViewType = 'unroll.run';

/** The webview panel that compares runs. */
export const comparisonViewType = 'unroll.comparison';

/** The tree of all runs of the workspace. */
export const runsView = 'unroll.runs';

/** Files that hold an experiment. */
export const experimentGlob = '**/*.rnn.json';

/** Settings, in the section `unroll`. */
export const settings = {
  section: 'unroll',
  memoryLimitMiB: 'memoryLimitMiB',
  keepRecords: 'keepRecords',
  runsFolder: 'runsFolder',
  trainTogether: 'trainTogether',
  workers: 'workers',
  reproducible: 'reproducible',
} as const;
