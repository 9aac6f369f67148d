/** Names of PyTorch, Keras, pandas and of papers for keys of an experiment, by the path of the key. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  seeds: ['seeds', 'n seeds', 'num seeds', 'random seeds'],
  seed: ['seed', 'random seed', 'random state', 'manual seed'],
  loss: ['loss', 'criterion', 'loss function', 'loss fn', 'objective'],
  bptt: ['bptt', 'tbptt', 'truncation', 'truncated bptt', 'bptt steps'],
  'data.csv': ['csv', 'csv file', 'file', 'path', 'file name', 'table', 'dataset'],
  'data.text': ['text', 'text file', 'corpus'],
  'data.inputs': ['inputs', 'features', 'input columns', 'feature columns', 'columns', 'x'],
  'data.targets': ['targets', 'labels', 'label', 'target columns', 'outputs', 'y'],
  'data.length': [
    'length',
    'seq len',
    'seq length',
    'sequence length',
    'sequence len',
    'window',
    'window size',
    'window length',
    'time steps',
    'lookback',
    'block size',
  ],
  'data.horizon': ['horizon', 'forecast horizon', 'prediction length', 'steps ahead', 'shift'],
  'data.validation': ['validation', 'validation split', 'val split', 'val fraction', 'test split', 'test size'],
  'data.time': [
    'time',
    'parse dates',
    'timestamp',
    'date',
    'dates',
    'datetime',
    'date column',
    'time column',
    'time idx',
  ],
  'data.sequence': [
    'sequence',
    'group',
    'groups',
    'group id',
    'group ids',
    'sequence id',
    'series id',
    'case id',
    'id',
  ],
  'data.delimiter': ['delimiter', 'sep', 'separator'],
  'data.missing': ['missing', 'na values', 'nan values', 'missing values'],
  'data.normalize': ['normalize', 'normalise', 'normalization', 'scaler', 'scaling', 'standardize'],
  'model.cell': ['cell', 'cell type', 'rnn type', 'architecture', 'type', 'kind', 'name'],
  'model.hidden': [
    'hidden',
    'units',
    'hidden size',
    'hidden units',
    'hidden dim',
    'n hidden',
    'num hidden',
    'num units',
    'neurons',
    'size',
    'rnn size',
    'state size',
  ],
  'model.layers': ['layers', 'num layers', 'n layers', 'depth'],
  'model.activation': ['activation', 'nonlinearity', 'activation function'],
  'model.init': ['init', 'initializer', 'initialization', 'recurrent initializer', 'kernel initializer', 'weight init'],
  'model.weights': ['weights', 'pretrained', 'initial weights', 'state dict'],
  'model.forgetBias': ['forget bias', 'unit forget bias'],
  'clip.norm': [
    'norm',
    'max norm',
    'clip norm',
    'global clip norm',
    'max grad norm',
    'grad norm',
    'grad clip',
    'grad clip norm',
    'gradient clip',
    'gradient clipping',
    'gradient clip val',
  ],
  'clip.value': ['value', 'clip value', 'max value'],
  'optimizer.kind': ['kind', 'type', 'name', 'algorithm'],
  'optimizer.learningRate': ['learning rate', 'lr', 'eta', 'step size', 'rate'],
  'optimizer.weightDecay': ['weight decay', 'wd', 'l2'],
  'optimizer.schedule': ['schedule', 'scheduler', 'lr schedule', 'lr scheduler', 'learning rate schedule'],
  'optimizer.schedule.plateau': ['plateau', 'reduce lr on plateau'],
  'optimizer.epsilon': ['epsilon', 'eps'],
  'optimizer.beta1': ['beta 1', 'betas'],
  'optimizer.beta2': ['beta 2'],
  'optimizer.decay': ['alpha', 'rho'],
  'optimizer.momentum': ['momentum'],
  'optimizer.nesterov': ['nesterov'],
  'training.steps': [
    'steps',
    'epochs',
    'num epochs',
    'n epochs',
    'max epochs',
    'iterations',
    'iters',
    'n iter',
    'max iter',
    'max iters',
    'num iterations',
    'num steps',
    'max steps',
    'updates',
  ],
  'training.batch': ['batch', 'batch size', 'mini batch', 'mini batch size', 'bs'],
  'training.validateEvery': ['validate every', 'eval every', 'eval interval', 'validation interval', 'validation freq'],
  'training.checkpointEvery': ['checkpoint every', 'save every', 'save interval', 'checkpoint interval', 'save freq'],
  'training.patience': ['patience', 'early stopping', 'early stopping patience', 'early stop'],
  'training.stopAtLoss': ['stop at loss'],
};

/** A key of an experiment; a top-level key has no section. */
export interface KeyOfSection {
  readonly section: string | undefined;
  readonly key: string;
}

/** Upper and lower case and separators do not count: `batch_size`, `batchSize` and `batch-size` are one name. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_.-]/g, '');

const byName = new Map<string, KeyOfSection[]>();
for (const [path, names] of Object.entries(synonyms)) {
  const [first = '', second] = path.split('.');
  const meant = second === undefined ? { section: undefined, key: first } : { section: first, key: second };
  for (const name of names) byName.set(plain(name), [...(byName.get(plain(name)) ?? []), meant]);
}

/** Characters of a name that is looked up: a key may have half a million. */
const maxNameLength = 40;

/** The keys that have a name as a synonym, or as their own name in another spelling. */
export function keysMeantBy(name: string): readonly KeyOfSection[] {
  return name.length > maxNameLength ? [] : (byName.get(plain(name)) ?? []);
}

/** Whether a name is a synonym of a key. */
export function isSynonym(name: string, key: string): boolean {
  return keysMeantBy(name).some((meant) => meant.key === key);
}

/** Whether a name counts passes over the data, where `steps` counts updates. */
export function countsEpochs(name: string): boolean {
  return plain(name).endsWith('epochs');
}
