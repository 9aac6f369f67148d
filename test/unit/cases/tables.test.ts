import assert from 'node:assert/strict';
import { findings, refuses, trains, warnedKeys } from './reportedCase';

// Inputs after public bug reports about tables; each has what its reporter expected.

describe('A reported table', function () {
  this.timeout(60_000);

  it('with a column that is constant in the training part is shifted only (scikit-learn#17794)', () => {
    const heldOut = (text: string): string => /validation loss ([^ .]+\.?\d*)/.exec(text)?.[1] ?? text;
    const [some, other] = ['const', 'const5'].map((name) => trains('02', name, '--steps', '5'));
    // 14.62 has rounding noise in its mean, and 5 has none.
    assert.match(some ?? '', /hint at data\.inputs: Column "y" of "const\.csv" is 14\.62 in all 80 rows for training/);
    assert.equal(heldOut(some ?? ''), heldOut(other ?? '?'));
    // A flag that moves by 0.1 in the held-out part was scaled to a loss of 3e28.
    const flag = trains('02', 'switch', '--steps', '50');
    assert.ok(Number(heldOut(flag)) < 2, flag);
    assert.match(flag, /It changes to 0\.2 in row 852, which is held out\./);
  });

  it('has the delimiter of its rows, not of its header (UCI Air Quality)', () => {
    refuses('03', '1-asked-as-written', /:3:10: "trap\.csv", row 2 has "20,32" .* Set "decimal" to ","/);
    refuses('03', '2-asked-as-suggested', /:5:4: "trap\.csv" has no column "Temp": did you mean "Temp, C"\?/);
    assert.match(trains('03', '3-points'), /held-out rows of "T, mean, degC"/);
  });

  it('with codes for missing values is named before training (Jena climate)', () => {
    const said = trains('06', 'sentinel-in-training');
    assert.match(
      said,
      /warning at data\.missing: Column "Temp" of "train\.csv" is -9999 in 5 rows \(301, 302, 303 and 2 more\)/,
    );
    refuses(
      '06',
      'dblmax',
      /:3:10: "dblmax\.csv", row 32 has "1\.7e308" in column "y", which is beyond single precision/,
    );
  });

  for (const name of ['crlf-header-lf-rows', 'one-lf', 'single-column']) {
    it(`with mixed line ends is read (PapaParse#345): ${name}`, () => {
      // The same numbers in all three files.
      assert.match(trains('09', name), /persistence has RMSE 1\.40 \(0\.404 σ\)/);
    });
  }

  it('with a number beyond single precision is refused with row and column (DataVec#481)', () => {
    refuses('11', 'table', /:3:10: "e39\.csv", row 5 has "-4e38" in column "y", which is beyond single precision/);
    const diverged = findings('11', 'rate');
    assert.deepEqual(warnedKeys(diverged), ['optimizer.learningRate']);
  });

  it('with hundreds of columns fills no message (keras#14490)', () => {
    refuses('12', 'wide', /:5:4: "wide\.csv" has no column "y": .* and 289 others\.$/m);
    refuses('12', 'variants', /has no variant "y": .* and 144 others\.$/m, '--variant', 'y');
  });
});

/** What each input of case 14 is told: what it has, and what to do. */
const messages: Readonly<Record<string, RegExp>> = {
  'int-targets-mse': /:31:10: .* write "crossEntropy", or write each target as a row of numbers, such as \[2\]\./,
  'one-hot-crossentropy':
    /:40:10: .* write "mse", or write each target as a class index from 0, such as 0 for \[1, 0\]\./,
  'same-looking-name': /:5:4: .* It looks the same but has other Unicode characters: copy the name from there\./,
  twice: /:4:3: .* it names "y" twice;/,
  backslash: /:3:10: .* Write "\/" between folders: "sub\/d\.csv"\./,
  'near-name': /:3:10: File "D\.csv" not found\. Did you mean "d\.csv"\?/,
  excel: /:3:10: "book\.xlsx" is an Excel workbook\. Export it as CSV in UTF-8\./,
  gzip: /:3:10: "d\.csv\.gz" is compressed with gzip\. Decompress it first\./,
  'utf16-table': /:3:10: "utf16\.csv" is UTF-16 text\. Save it as UTF-8\./,
  plus: /:4:34: \+1 is not valid JSON: write 1\./,
  dot: /:4:34: \.5 is not valid JSON: write 0\.5\./,
  comma: /:4:34: 0,001 is not valid JSON: write a decimal point, 0\.001\./,
  'leading-zero': /:4:34: 01 is not valid JSON: write 1\./,
  'no-header': /:5:4: .* its first row has only numbers\. Set "header" to false/,
  thousands: /:3:10: .* row 2 has "1,200\.50" .* Remove the thousands separators\./,
  gaps: /:3:10: "gaps\.csv" has 6 missing values .*: row 10 .*, row 19 .*, row 28 .*, 3 more\. Set "gaps" to/,
  latin1: /:3:10: "latin1\.csv" is not UTF-8 text: line 2 has the byte 0xf6/,
  epochs:
    /:14:3: "epochs" is not a key of "training": did you mean "steps", the number of parameter updates \(not epochs\)\?/,
  'one-char':
    /:3:11: "one-char\.txt" has 1 character, 1 of them for training; 1 sequence of 1 character and the next one need 2\./,
};

describe('A reported mistake', function () {
  this.timeout(60_000);

  for (const [name, message] of Object.entries(messages)) {
    it(`is told as what it is: ${name}`, () => {
      refuses('14', name, message);
    });
  }

  it('names every key that other tools name differently', () => {
    refuses('14', 'epochs', /:8:3: "units" .* did you mean "hidden"\?/);
    refuses('14', 'epochs', /:11:3: "lr" .* did you mean "learningRate"\?/);
    refuses('14', 'epochs', /:15:3: "iterations" .* did you mean "steps"\?/);
  });

  for (const name of ['sep-line', 'spaces', 'unequal-lengths', 'utf16-file']) {
    it(`that is none is trained: ${name}`, () => {
      trains('14', name);
    });
  }
});

describe('A reported file of weights', function () {
  this.timeout(60_000);

  it('is read with other names and in half precision (burn#4043)', () => {
    assert.match(trains('10', 'lstmfc'), /"lstm\.\*" is loaded as "rnn\.\*"\.\n.*"fc\.\*" is loaded as "head\.\*"\./);
    trains('10', 'f16');
  });

  it('is refused as what it is', () => {
    refuses('10', 'twolayers', /:9:14: .* The file has more of the net than this model: rnn\.weight_ih_l1/);
    refuses(
      '10',
      'f64big',
      /:9:14: .* Tensor "rnn\.weight_hh_l0" has 1e\+39 at element 0, which is beyond single precision/,
    );
    refuses('10', 'gitlfs', /:9:14: .* Git LFS pointer, .* Run "git lfs pull"/);
    refuses(
      '10',
      'pt',
      /:9:14: .* PyTorch file\. In PyTorch, save the state dict with safetensors\.torch\.save_file\./,
    );
  });
});
