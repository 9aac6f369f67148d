import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { parseCommandLine } from '../../../src/trainer/headless/commandLine/commandLine.node';
import type { CommandLine } from '../../../src/trainer/headless/commandLine/trainingCommandLine.node';
import { CommandLineError } from '../../../src/trainer/headless/commandLine/commandLineWords.node';

const parse = (words: readonly string[], env = {}) => parseCommandLine(words, '/work', env);

function parsed(...words: string[]): CommandLine {
  const request = parse(words);
  if (request.kind !== 'train') throw new Error(request.kind);
  return request.commandLine;
}

function refuses(words: readonly string[], message: string, env: Readonly<Record<string, string>> = {}): void {
  assert.throws(
    () => parse(words, env),
    (error) => {
      assert.ok(error instanceof CommandLineError);
      assert.equal(error.message, message);
      return true;
    },
  );
}

describe('The command line of the headless runner', () => {
  it('refuses one path for the predictions and the run', () => {
    assert.throws(
      () => parseCommandLine(['x.rnn.json', '--out', 'o', '--predictions', 'o'], '/w', {}),
      /--predictions names a file and --out a folder/,
    );
  });

  it('shares runs as one HTML file', () => {
    const request = parse(['share', 'a', 'b', '--out', 'x.HTML', '--memory', '100']);
    assert.deepEqual(request.kind === 'share' && request.shared, {
      folders: [resolve('/work', 'a'), resolve('/work', 'b')],
      out: resolve('/work', 'x.HTML'),
      captures: new Set(),
      workspace: undefined,
      memoryLimit: 100 * 2 ** 20,
      json: false,
    });
    refuses(['share'], 'Which run? Name its folder, or those of several runs to compare: share DIR --out FILE.html.');
    refuses(['share', 'a'], '"share" needs --out FILE with a file that ends in .html.');
    refuses(['share', 'a', '--out', 'b'], '"share" needs --out FILE with a file that ends in .html; found "b".');
    refuses(['share', 'a', '--out', 'b.html', '--steps', '1'], '"share" reads runs and takes no --steps. Remove it.');
    refuses(
      ['share', 'a', 'b', '--out', 'c.html', '--capture', '1'],
      '--capture names updates of one run, and a comparison has none. Remove it.',
    );
  });

  it('refuses what an export of a run has no use for', () => {
    const curves = ['export', 'run', '--out', 'curves', '--tensorboard', '--json'];
    assert.equal(parsed(...curves).tensorBoard, resolve('/work', 'curves'));
    const net = ['export', 'run', '--out', 'net.onnx'];
    for (const words of [curves, net]) {
      for (const option of ['pytorch', 'variant', 'seed', 'steps', 'workers', 'workspace', 'memory', 'kernels']) {
        refuses([...words, `--${option}`, '1'], `This "export" reads a run and takes no --${option}. Remove it.`);
      }
      refuses([...words, '--set', 'seed=2'], 'This "export" reads a run and takes no --set. Remove it.');
      refuses([...words, '--reproducible'], 'This "export" reads a run and takes no --reproducible. Remove it.');
    }
  });

  it('may have its options in any order, with = or a blank', () => {
    const { file, variant, steps, out, captures, resume, json, workers, memoryLimit } = parsed(
      ...['--steps=5', 'a.rnn.json', '--variant', 'a GRU', '--out', 'run', '--capture', '0,3', '--capture=4'],
      ...['--resume', '--json', '--workers', '2', '--memory', '100', '--steps', '7'],
    );
    assert.deepEqual(
      { file, variant, steps, out, captures: [...captures], resume, json, workers, memoryLimit },
      {
        file: resolve('/work', 'a.rnn.json'),
        variant: 'a GRU',
        steps: 7,
        out: resolve('/work', 'run'),
        captures: [0, 3, 4],
        resume: true,
        json: true,
        workers: 2,
        memoryLimit: 100 * 2 ** 20,
      },
    );
    assert.equal(parsed('--', '--odd.rnn.json').file, resolve('/work', '--odd.rnn.json'));
  });

  it('may ask for tests instead of a single training', () => {
    assert.equal(parsed('a.rnn.json').mode, 'train');
    assert.equal(parsed('a.rnn.json', '--check-gradients').mode, 'gradients');
    const { mode, junit } = parsed('a.rnn.json', '--test', '--junit', 'r.xml');
    assert.deepEqual([mode, junit], ['test', resolve('/work', 'r.xml')]);
    refuses(
      ['a.rnn.json', '--test', '--capture', '0'],
      '--capture is for a single training, and --test is none. Remove one of the two.',
    );
    refuses(
      ['a.rnn.json', '--check-gradients', '--out', 'r'],
      '--out is for a single training, and --check-gradients is none. Remove one of the two.',
    );
    const exporting = parsed('a.rnn.json', '--pytorch', 'a.py');
    assert.deepEqual([exporting.mode, exporting.pytorch], ['export', resolve('/work', 'a.py')]);
    refuses(['a.rnn.json', '--pytorch', 'a.txt'], '--pytorch takes a file that ends in .py or .ipynb; found "a.txt".');
    refuses(
      ['a.rnn.json', '--pytorch', 'a.py', '--test'],
      '--test and --pytorch do different things. Remove one of the two.',
    );
    refuses(
      ['a.rnn.json', '--pytorch', 'a.py', '--resume', '--out', 'r'],
      '--resume is for a single training, and --pytorch is none. Remove one of the two.',
    );
    refuses(['a.rnn.json', '--junit', 'r/'], '--junit r/ is a folder. Name a file in it, such as r/report.xml.');
    refuses(
      ['a.rnn.json'],
      'npm took --check-gradients for itself. Write -- before the file: npm run train -- FILE --check-gradients …',
      { npm_config_check_gradients: 'true' },
    );
  });

  it('may begin with a command, which says what the options say', () => {
    assert.deepEqual(parsed('train', 'a.rnn.json', '--steps', '5'), parsed('a.rnn.json', '--steps', '5'));
    assert.deepEqual(parsed('check', 'a.rnn.json'), parsed('a.rnn.json', '--check-gradients'));
    assert.deepEqual(parsed('check', 'a.rnn.json', '--check-gradients').mode, 'gradients');
    assert.deepEqual(
      parsed('--junit', 'r.xml', 'test', 'a.rnn.json'),
      parsed('a.rnn.json', '--test', '--junit', 'r.xml'),
    );
    assert.deepEqual(parsed('resume', 'a.rnn.json', '--out', 'r'), parsed('a.rnn.json', '--resume', '--out', 'r'));
    assert.deepEqual(parsed('export', 'a.rnn.json', '--out', 'n.ipynb'), parsed('a.rnn.json', '--pytorch', 'n.ipynb'));
    assert.equal(parsed('export', 'in/a.rnn.json').pytorch, resolve('/work', 'in', 'a.py'));
    const net = parsed('export', 'run', '--out', 'a.onnx');
    assert.deepEqual([net.mode, net.pytorch, net.net], ['export', undefined, resolve('/work', 'a.onnx')]);
    // A file of that name has a path.
    assert.equal(parsed('./train').file, resolve('/work', 'train'));
    refuses(['train', 'a.rnn.json', '--test'], '"train" and --test do different things. Remove one of the two.');
    refuses(
      ['check', 'a.rnn.json', '--out', 'r'],
      '--out is for a single training, and "check" is none. Remove one of the two.',
    );
    refuses(['resume', 'a.rnn.json'], '"resume" needs --out DIR: the folder of the run to resume.');
    refuses(
      ['export', 'a.rnn.json', '--out', 'a.txt'],
      '--out takes a file that ends in .py or .ipynb, or of a run .onnx or .safetensors; found "a.txt".',
    );
    refuses(
      ['export', 'a.rnn.json', '--out', 'a.py', '--pytorch', 'b.py'],
      '--out and --pytorch both name the program. Remove one of the two.',
    );
    refuses(['chek', 'a.rnn.json'], 'Unknown command "chek"; did you mean check?');
    refuses(['check'], 'Which experiment? Name its *.rnn.json file.');
  });

  it('may name the folder of all runs in place of that of the run', () => {
    assert.equal(parsed('a.rnn.json', '--runs', 'r').runs, resolve('/work', 'r'));
    refuses(
      ['a.rnn.json', '--runs', 'r', '--out', 'o'],
      '--out names the folder of the run, and --runs that of all runs. Remove one of the two.',
    );
    refuses(
      ['check', 'a.rnn.json', '--runs', 'r'],
      '--runs is for a single training, and "check" is none. Remove one of the two.',
    );
  });

  it('may compare two or more runs', () => {
    assert.deepEqual(parse(['compare', 'a', '/runs/b', '--json']), {
      kind: 'compare',
      compared: { folders: [resolve('/work', 'a'), resolve('/runs', 'b')], json: true },
    });
    refuses(['compare', 'a'], 'Which runs? Name two or more run folders: compare DIR DIR.');
    refuses(['compare', 'a', 'b', '--steps', '5'], '"compare" reads runs and takes no --steps. Remove it.');
  });

  it('may ask for help or the version instead, whatever else it says', () => {
    for (const word of ['--help', '-h']) assert.deepEqual(parse([word]), { kind: 'help' });
    assert.deepEqual(parse(['a.rnn.json', '--steps', 'x', '--help']), { kind: 'help' });
    assert.deepEqual(parse(['--version']), { kind: 'version' });
  });

  it('has no unknown option; the nearest one is named', () => {
    refuses(['a', '--variants', 'x'], 'Unknown option --variants; did you mean --variant?');
    refuses(['a', '--variants=x'], 'Unknown option --variants; did you mean --variant?');
    refuses(['a', '-out', 'x'], 'Unknown option -out; did you mean --out?');
    refuses(['a', '-o', 'x'], 'Unknown option -o; did you mean --out?');
    refuses(['a', '--no-resume'], 'Unknown option --no-resume; did you mean --resume?');
    refuses(['a', '--prediction', 'x'], 'Unknown option --prediction; did you mean --predictions?');
    refuses(['a', '--xyzzy'], 'Unknown option --xyzzy. What no option sets is a key of the experiment file.');
    const long = 'x'.repeat(10_000);
    assert.throws(
      () => parse([`--${long}`]),
      (error) => error instanceof Error && error.message.length < 200,
    );
  });

  it('says which key of the experiment an option of another program is', () => {
    refuses(['a', '--lr', '0.1'], 'Unknown option --lr. Set the key optimizer.learningRate in the experiment file.');
    refuses(['a', '--batch-size=8'], 'Unknown option --batch-size. Set the key training.batch in the experiment file.');
    refuses(['a', '--iterations', '5'], 'Unknown option --iterations. --steps N sets the number of updates.');
    refuses(
      ['a', '--epochs', '5'],
      'Unknown option --epochs. --steps N sets the number of updates; an update is one batch, not a pass over the data.',
    );
  });

  it('has a value where an option needs one, and none where it has none', () => {
    refuses(['a', '--out'], '--out needs a value: --out DIR.');
    refuses(['a', '--out='], '--out needs a value: --out DIR.');
    refuses(
      ['a', '--out', '--resume'],
      '--out needs a value, and --resume looks like an option. Write --out DIR, or --out=--resume if that is the value.',
    );
    assert.equal(parsed('a', '--out=--resume').out, resolve('/work', '--resume'));
    refuses(['a', '--json=yes'], '--json has no value; found "yes". Remove it.');
  });

  it('has numbers in their range', () => {
    refuses(['a', '--steps', '-5'], '--steps takes a whole number of 1 or more; found "-5".');
    refuses(['a', '--steps', '1e3'], '--steps takes a whole number of 1 or more; found "1e3".');
    refuses(['a', '--memory', '2GB'], '--memory takes a whole number of MiB of 1 or more; found "2GB".');
    refuses(
      ['a', '--capture', '1;2'],
      '--capture takes updates separated by commas, each a whole number of 0 or more; found "1;2".',
    );
  });

  it('has exactly one experiment', () => {
    refuses([], 'Which experiment? Name its *.rnn.json file.');
    refuses(
      ['a', '--variant', 'a', 'copy'],
      'Only one experiment is trained at a time: found "a", and also "copy". Put a name or path with blanks in quotes.',
    );
    refuses(['a', '--resume'], '--resume needs --out DIR: the folder of the run to resume.');
  });

  it('reached npm without --, which then takes the options', () => {
    const message = 'npm took --steps for itself. Write -- before the file: npm run train -- FILE --steps …';
    refuses(['a', '5'], message, { npm_config_steps: 'true' });
    assert.equal(parse(['a'], { npm_config_json: 'true', npm_config_cache: '/x' }).kind, 'train');
  });
});
