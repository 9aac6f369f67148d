import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { editableManifest } from '../../editableManifest';
import { readTensorFile } from '../../../src/run/storage/safetensors';
import { toolNames } from '../../../src/tools/toolNames';

const runner = resolve('dist', 'cli.mjs');
const experiment = {
  data: { task: 'adding', length: 12 },
  model: { cell: 'rnn', hidden: 5 },
  clip: { norm: 0.05 },
  optimizer: { kind: 'sgd', learningRate: 0.01 },
  training: { steps: 8, batch: 3, validateEvery: 4 },
  expect: { validationLoss: { below: 1e-9 } },
};
const endless = { ...experiment, training: { steps: 100_000_000, batch: 3 } };

type Json = Readonly<Record<string, unknown>>;

describe('The tools for language models', () => {
  let folder: string;
  /** The lines of `train --json`, one per update. */
  let updates: readonly Json[];

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'unroll-tools-')));
    writeFileSync(join(folder, 'adding.rnn.json'), JSON.stringify(experiment));
    const { stdout } = call('train', 'adding.rnn.json', '--out', 'unroll-runs/slow', '--json', '--capture', '5');
    updates = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    const fast = { ...experiment, optimizer: { kind: 'sgd', learningRate: 0.1 } };
    writeFileSync(join(folder, 'fast.rnn.json'), JSON.stringify(fast));
    call('train', 'fast.rnn.json', '--out', 'unroll-runs/fast');
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const call = (...words: string[]) =>
    spawnSync(process.execPath, [runner, ...words], {
      ...{ cwd: folder, encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL' },
    });
  const answer = (name: string, input: object): Json => {
    const { status, stdout, stderr } = call('tool', name, JSON.stringify(input));
    assert.deepEqual([status, stderr], [0, '']);
    return JSON.parse(stdout) as Json;
  };
  const refusal = (name: string, input: string): string => {
    const { status, stdout, stderr } = call('tool', name, input);
    assert.deepEqual([status, stdout], [1, '']);
    return stderr.trim();
  };

  describe('unroll tool', () => {
    it('lists the runs below the folder, the newest first', () => {
      const { found, runs } = answer('unroll_list_runs', {}) as { found: number; runs: readonly Json[] };
      assert.equal(found, 2);
      assert.deepEqual(
        runs.map(({ run, file, state, updates: made }) => [run, file, state, made]),
        [
          ['unroll-runs/fast', 'fast.rnn.json', 'finished', 8],
          ['unroll-runs/slow', 'adding.rnn.json', 'finished', 8],
        ],
      );
      const one = answer('unroll_list_runs', { experiment: 'adding.rnn.json' }) as { runs: readonly Json[] };
      assert.deepEqual(
        one.runs.map(({ run }) => run),
        ['unroll-runs/slow'],
      );
      assert.equal((answer('unroll_list_runs', { limit: 1 })['runs'] as object[]).length, 1);
    });

    it('diagnoses a run with the numbers of its records', () => {
      const diagnosis = answer('unroll_diagnose_run', { run: 'unroll-runs/slow' }) as {
        loss: number;
        measured: { clippedUpdates: number; lastValidation: { afterUpdates: number } };
        expectations: readonly Json[];
        baselines: readonly { name: string; loss: number; lossDividedByBaseline: number }[];
      };
      const last = updates[7];
      near(diagnosis.loss, last['loss'] as number);
      const clipped = updates.slice(0, 8).filter(({ gradNorm }) => (gradNorm as number) > experiment.clip.norm);
      assert.ok(clipped.length > 0);
      assert.equal(diagnosis.measured.clippedUpdates, clipped.length);
      assert.equal(diagnosis.measured.lastValidation.afterUpdates, 8);
      assert.deepEqual(
        diagnosis.expectations.map(({ key, verdict }) => [key, verdict]),
        [['validationLoss', 'unmet']],
      );
      assert.match(String(diagnosis.expectations[0]['message']), /should be below 1e-9/);
    });

    it('answers of a log what it has, and says why it is not diagnosed', () => {
      writeFileSync(join(folder, 'log.csv'), 'step,loss\n0,1\n1,0.5\n');
      try {
        assert.equal(call('import', 'log.csv', '--out', 'log').status, 0);
        const { loss, settings, measured, findings, notes } = answer('unroll_diagnose_run', { run: 'log' });
        assert.deepEqual([loss, settings, findings], [0.5, null, []]);
        const { clippedUpdates, clippedShare } = measured as Json;
        assert.deepEqual([clippedUpdates, clippedShare], [null, null]);
        assert.deepEqual(notes, ['Not diagnosed: the rules need a net and its gradients, and a CSV log has none.']);
      } finally {
        rmSync(join(folder, 'log'), { recursive: true });
      }
    });

    it('explains an update with the gradients that the run captured', () => {
      const explained = answer('unroll_explain_update', { run: 'unroll-runs/slow', update: 5, sequence: 2 }) as {
        loss: number;
        learningRate: number;
        gradient: { norm: number; normAfterClipping: number; clip: object; coefficient: number };
        layers: readonly { steps: readonly { t: number; norm: number }[]; firstDividedByLast: number }[];
        parameters: readonly { name: string; share: number; gradientNorm: number }[];
        lossPerStep: readonly { t: number; sequence: number; batch: number }[];
      };
      const { loss, gradNorm, clippedNorm } = updates[5] as { loss: number; gradNorm: number; clippedNorm: number };
      near(explained.loss, loss);
      near(explained.gradient.norm, gradNorm);
      near(explained.gradient.normAfterClipping, clippedNorm);
      near(explained.gradient.coefficient, Math.min(1, 0.05 / gradNorm));
      assert.deepEqual(explained.gradient.clip, { kind: 'norm', threshold: 0.05 });
      assert.equal(explained.learningRate, 0.01);
      // ∂L/∂h_t as the run itself wrote it, (T,B,H).
      const { tensors } = readTensorFile(readFileSync(join(folder, 'unroll-runs', 'slow', 'step-5.safetensors')));
      const dh = tensors.get('dh_l0');
      assert.ok(dh !== undefined, [...tensors.keys()].join());
      const [steps, batch, hidden] = dh.shape;
      const norms = Array.from({ length: steps }, (_, t) =>
        Math.hypot(...Array.from({ length: hidden }, (_, unit) => dh.data[(t * batch + 2) * hidden + unit])),
      );
      const [layer] = explained.layers;
      assert.equal(layer.steps.length, 12);
      for (const { t, norm } of layer.steps) near(norm, norms[t]);
      near(layer.firstDividedByLast, norms[0] / norms[steps - 1]);
      const shares = explained.parameters.reduce((sum, { share }) => sum + share, 0);
      assert.ok(Math.abs(shares - 1) < 1e-4, String(shares));
      assert.deepEqual(
        explained.lossPerStep.map(({ t }) => t),
        [11],
      );
      near(explained.lossPerStep[0].batch, loss);
    });

    it('compares runs by the keys in which they differ', () => {
      const compared = answer('unroll_compare_runs', { runs: ['unroll-runs/slow', 'unroll-runs/fast'] }) as {
        differingKeys: readonly string[];
        runs: readonly { run: string; differing: Json }[];
      };
      assert.deepEqual(compared.differingKeys, ['optimizer.learningRate']);
      assert.deepEqual(
        compared.runs.map(({ run, differing }) => [run, differing]),
        [
          ['unroll-runs/slow', { 'optimizer.learningRate': 0.01 }],
          ['unroll-runs/fast', { 'optimizer.learningRate': 0.1 }],
        ],
      );
    });

    it('refuses what it can not answer, with what was found and what is allowed', () => {
      assert.match(refusal('unroll_diagnose_run', '{'), /^The input is no JSON: .*Write an object/);
      assert.match(refusal('unroll_diagnose_run', '{"folder":"x"}'), /run: .*Unrecognized key: "folder"/);
      assert.match(refusal('unroll_diagnose_run', '{"run":"missing"}'), /^"missing" was not found in /);
      assert.match(
        refusal('unroll_diagnose_run', '{"run":"."}'),
        /^There is no run in .*: it has no run\.json\. Name the folder of a run\.$/,
      );
      assert.match(
        refusal('unroll_explain_update', '{"run":"unroll-runs/slow","update":8}'),
        /has 8 updates, .* found 8/,
      );
      assert.match(refusal('unroll_explain_update', '{"run":"unroll-runs/slow","sequence":3}'), /sequence/i);
      assert.match(refusal('unroll_compare_runs', '{"runs":["unroll-runs/slow"]}'), /runs: /);
      const twice = '{"runs":["unroll-runs/slow","unroll-runs/slow"]}';
      assert.match(refusal('unroll_compare_runs', twice), /^The run "unroll-runs\/slow" is named twice\./);
      assert.match(refusal('unroll_learn', '{}'), /^Which tool\? Name one of unroll_list_runs, .*found "unroll_learn"/);
    });

    it('says of a folder that can not be served why', () => {
      for (const words of [
        ['mcp', 'missing'],
        ['tool', 'unroll_list_runs', '--workspace', 'missing'],
      ]) {
        const { status, stderr } = call(...words);
        assert.equal(status, 1, stderr);
        assert.match(stderr, /^The folder \S+missing can't be read: it does not exist\. Name the folder with/);
      }
      const { status, stderr } = call('mcp', 'adding.rnn.json');
      assert.equal(status, 1, stderr);
      assert.match(stderr, /adding\.rnn\.json is a file\. Name the folder with/);
    });

    it('says nothing of a path outside the folder, not even whether it exists', () => {
      assert.match(refusal('unroll_diagnose_run', '{"run":"../missing"}'), /^"\.\.\/missing" is outside /);
      assert.match(refusal('unroll_diagnose_run', '{"run":"/missing"}'), /^"\/missing" is outside /);
    });

    it('explains an update of a run whose experiment is elsewhere, if it reads no files', () => {
      cpSync(join(folder, 'unroll-runs', 'slow'), join(folder, 'unroll-runs', 'moved'), { recursive: true });
      try {
        const file = join(folder, 'unroll-runs', 'moved', 'run.json');
        writeFileSync(file, JSON.stringify({ ...editableManifest(file), source: '/elsewhere/adding.rnn.json' }));
        const asked = { update: 3 };
        const {
          file: _file,
          run: _run,
          ...moved
        } = answer('unroll_explain_update', {
          ...asked,
          run: 'unroll-runs/moved',
        });
        const {
          file: _own,
          run: _slow,
          ...own
        } = answer('unroll_explain_update', { ...asked, run: 'unroll-runs/slow' });
        assert.deepEqual(moved, own);
      } finally {
        rmSync(join(folder, 'unroll-runs', 'moved'), { recursive: true });
      }
    });

    it('reads nothing outside the folder', () => {
      const outside = realpathSync(mkdtempSync(join(tmpdir(), 'unroll-outside-')));
      try {
        cpSync(join(folder, 'unroll-runs', 'slow'), join(outside, 'slow'), { recursive: true });
        symlinkSync(join(outside, 'slow'), join(folder, 'unroll-runs', 'linked'));
        assert.match(refusal('unroll_diagnose_run', JSON.stringify({ run: join(outside, 'slow') })), /is outside /);
        assert.match(refusal('unroll_diagnose_run', '{"run":"unroll-runs/linked"}'), /is outside /);
        assert.equal(answer('unroll_list_runs', {})['found'], 2);
        // A run of a stranger that names a text of this machine as its data.
        writeFileSync(join(outside, 'secret.txt'), 'abcabcabcabcabcabcabcabcabc'.repeat(40));
        mkdirSync(join(folder, 'unroll-runs', 'hostile'));
        cpSync(join(folder, 'unroll-runs', 'slow'), join(folder, 'unroll-runs', 'hostile'), { recursive: true });
        const file = join(folder, 'unroll-runs', 'hostile', 'run.json');
        const manifest = editableManifest(file);
        const data = { text: 'secret.txt', length: 8 };
        const stolen = {
          ...manifest,
          experiment: { data, model: experiment.model },
          source: `${outside}/x.rnn.json`,
        };
        writeFileSync(file, JSON.stringify(stolen));
        assert.match(refusal('unroll_explain_update', '{"run":"unroll-runs/hostile"}'), /outside/);
      } finally {
        rmSync(outside, { recursive: true });
        for (const name of ['linked', 'hostile']) rmSync(join(folder, 'unroll-runs', name), { recursive: true });
      }
    });
  });

  describe('unroll mcp', () => {
    let client: Client;
    let transport: StdioClientTransport;
    beforeEach(async () => {
      transport = new StdioClientTransport({
        command: process.execPath,
        args: [runner, 'mcp', folder],
        stderr: 'ignore',
      });
      client = new Client({ name: 'unroll-test', version: '1' });
      await client.connect(transport);
    });
    afterEach(async () => {
      await client.close();
    });

    const structured = async (name: string, args: Json): Promise<Json> => {
      const { isError, content, structuredContent } = await client.callTool({ name, arguments: args });
      assert.notEqual(isError, true, JSON.stringify(content));
      return structuredContent as Json;
    };
    const failed = async (name: string, args: Json): Promise<string> => {
      const { isError, content } = await client.callTool({ name, arguments: args });
      assert.equal(isError, true);
      return JSON.stringify(content);
    };

    it('offers the tools; only the one that trains does more than read', async () => {
      const { tools } = await client.listTools();
      assert.deepEqual(
        tools.map(({ name }) => name),
        toolNames,
      );
      assert.deepEqual(
        tools.filter(({ annotations }) => annotations?.readOnlyHint !== true).map(({ name }) => name),
        ['unroll_train'],
      );
      assert.ok(tools.every(({ description = '' }) => description.length > 50));
    });

    it('answers as the terminal does', async () => {
      const input = { run: 'unroll-runs/slow' };
      assert.deepEqual(await structured('unroll_diagnose_run', input), answer('unroll_diagnose_run', input));
      const asked = { ...input, update: 3 };
      assert.deepEqual(await structured('unroll_explain_update', asked), answer('unroll_explain_update', asked));
    });

    it('answers an error with its reason, and goes on', async () => {
      assert.match(await failed('unroll_diagnose_run', { run: '/' }), /is outside /);
      assert.match(await failed('unroll_diagnose_run', {}), /run/);
      assert.match(await failed('unroll_train', { file: 'missing.rnn.json' }), /was not found in /);
      assert.match(await failed('unroll_train', { file: 'unroll-runs/slow/run.json' }), /is no \*\.rnn\.json file/);
      writeFileSync(join(folder, 'wrong.rnn.json'), JSON.stringify({ ...experiment, model: { cell: 'lstn' } }));
      assert.match(await failed('unroll_train', { file: 'wrong.rnn.json' }), /wrong\.rnn\.json:1:\d+: .*lstn/);
      writeFileSync(join(folder, 'seeds.rnn.json'), JSON.stringify({ ...experiment, seeds: [1, 2] }));
      assert.match(await failed('unroll_train', { file: 'seeds.rnn.json' }), /2 seeds: 1, 2\. Name one/);
      assert.equal((await structured('unroll_list_runs', {}))['found'], 2);
    });

    it('trains an experiment, reports its progress and answers the diagnosis of the run', async () => {
      const progress: number[] = [];
      const { structuredContent } = await client.callTool(
        { name: 'unroll_train', arguments: { file: 'adding.rnn.json' } },
        { onprogress: (report) => progress.push(report.progress) },
      );
      const { run, state, updates: made } = structuredContent as Json;
      assert.deepEqual([state, made], ['finished', 8]);
      assert.match(String(run), /^unroll-runs\/adding--\d+-/);
      assert.equal(progress[0], 1);
      rmSync(join(folder, String(run)), { recursive: true });
    });

    it('ends, and saves the training that runs, when a message is too large to be read', async () => {
      writeFileSync(join(folder, 'endless.rnn.json'), JSON.stringify(endless));
      const server = spawn(process.execPath, [runner, 'mcp', folder], { stdio: ['pipe', 'pipe', 'pipe'] });
      const ended = once(server, 'close');
      const send = (message: object) => server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
      let said = '';
      server.stderr.on('data', (part: Buffer) => (said += part.toString()));
      server.stdin.on('error', () => undefined);
      const clientInfo = { name: 'unroll-test', version: '1' };
      send({
        ...{ id: 1, method: 'initialize' },
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo },
      });
      send({ method: 'notifications/initialized' });
      const params = { name: 'unroll_train', arguments: { file: 'endless.rnn.json' }, _meta: { progressToken: 1 } };
      send({ id: 2, method: 'tools/call', params });
      await new Promise<void>((resolveProgress) => {
        let heard = '';
        server.stdout.on('data', (part: Buffer) => {
          heard += part.toString();
          if (heard.includes('notifications/progress')) resolveProgress();
        });
      });
      server.stdin.write('x'.repeat(11_000_000));
      const [code] = (await ended) as [number | null];
      assert.deepEqual([code, /maximum size/.test(said)], [3, true], said);
      assert.equal((await endedRun())['state'], 'stopped');
    }).timeout(60_000);

    it('answers many calls at once, a few at a time', async () => {
      const answers = await Promise.all(Array.from({ length: 12 }, () => structured('unroll_list_runs', {})));
      assert.deepEqual(
        answers.map(({ found }) => found),
        Array.from({ length: 12 }, () => 2),
      );
    }).timeout(60_000);

    it('saves a training that is cancelled', async () => {
      writeFileSync(join(folder, 'endless.rnn.json'), JSON.stringify(endless));
      const cancelling = new AbortController();
      const training = client.callTool(
        { name: 'unroll_train', arguments: { file: 'endless.rnn.json' } },
        {
          signal: cancelling.signal,
          onprogress: () => {
            cancelling.abort();
          },
        },
      );
      await assert.rejects(training);
      const manifest = await endedRun();
      assert.equal(manifest['state'], 'stopped');
      assert.ok((manifest['updates'] as number) > 0);
    });

    it('saves the training that runs when its client goes', async () => {
      writeFileSync(join(folder, 'endless.rnn.json'), JSON.stringify(endless));
      const begun = new Promise<void>((resolvePromise) => {
        client
          .callTool(
            { name: 'unroll_train', arguments: { file: 'endless.rnn.json' } },
            {
              onprogress: () => {
                resolvePromise();
              },
            },
          )
          .catch(() => undefined);
      });
      await begun;
      await client.close();
      assert.equal((await endedRun())['state'], 'stopped');
    });

    /** The manifest of the endless run once it has ended; the run is deleted. */
    async function endedRun(): Promise<Json> {
      for (;;) {
        const name = readdirSync(join(folder, 'unroll-runs')).find((one) => one.startsWith('endless'));
        assert.ok(name !== undefined);
        const path = join(folder, 'unroll-runs', name);
        const manifest = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')) as Json;
        if (manifest['state'] !== 'running') {
          rmSync(path, { recursive: true });
          return manifest;
        }
        await new Promise((again) => setTimeout(again, 50));
      }
    }
  });
});

/** Answers have six significant digits. */
function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 5e-6 * Math.abs(expected), `${actual} is not ${expected}`);
}
