import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { lockLostCode } from '../../../src/run/storage/storageErrorAdvice';
import { LockedFolder } from '../../../src/run/storage/lockedFolder.node';
import { isLocked, lockFolder } from '../../../src/run/storage/folderLock.node';

const runner = resolve('dist', 'cli.mjs');

describe('An untrusted run folder', function () {
  this.timeout(60_000);
  let scratch: string;
  const path = (...parts: string[]): string => join(scratch, ...parts);
  const resume = () =>
    spawnSync(process.execPath, [runner, path('x.rnn.json'), '--out', path('run'), '--resume', '--steps', '20'], {
      encoding: 'utf8',
      timeout: 10_000,
      killSignal: 'SIGKILL',
    });

  before(function () {
    if (process.platform === 'win32') this.skip();
    scratch = mkdtempSync(join(tmpdir(), 'unroll-stranger-'));
    const experiment = {
      data: { task: 'adding', length: 6 },
      model: { cell: 'rnn', hidden: 4 },
      training: { steps: 12, batch: 2, checkpointEvery: 5 },
    };
    writeFileSync(path('x.rnn.json'), JSON.stringify(experiment));
    const { status, stderr } = spawnSync(process.execPath, [runner, path('x.rnn.json'), '--out', path('whole')], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  });
  after(() => {
    rmSync(scratch, { recursive: true, force: true });
  });
  beforeEach(() => {
    cpSync(path('whole'), path('run'), { recursive: true });
    mkdirSync(path('outside'));
    writeFileSync(path('outside', 'precious'), 'precious '.repeat(3000));
  });
  afterEach(() => {
    rmSync(path('run'), { recursive: true, force: true });
    rmSync(path('outside'), { recursive: true, force: true });
  });
  const isUnharmed = (): void => {
    assert.deepEqual(readdirSync(path('outside')), ['precious']);
    assert.equal(readFileSync(path('outside', 'precious'), 'utf8'), 'precious '.repeat(3000));
  };

  for (const name of ['records.arrows', 'rate-changes.jsonl', 'overview.safetensors', 'run.json']) {
    it(`changes nothing outside through a link in place of ${name}`, () => {
      rmSync(path('run', name));
      symlinkSync(path('outside', 'precious'), path('run', name));
      assert.equal(resume().status, 1);
      isUnharmed();
    });

    it(`does not block on a pipe in place of ${name}`, () => {
      rmSync(path('run', name));
      execFileSync('mkfifo', [path('run', name)]);
      const { status, stderr } = resume();
      assert.equal(status, 1);
      assert.match(stderr, new RegExp(`${name} is a link, a folder or a device, not a file of the run`));
    });

    it(`changes nothing outside through a link in place of a partial ${name}`, () => {
      symlinkSync(path('outside', 'precious'), path('run', `${name}.partial`));
      assert.equal(resume().status, 0);
      isUnharmed();
    });
  }

  it('changes nothing outside through a link in place of its checkpoints', () => {
    renameSync(path('run', 'checkpoints'), path('moved'));
    symlinkSync(path('moved'), path('run', 'checkpoints'));
    const before = readdirSync(path('moved'));
    const { status, stderr } = resume();
    assert.equal(status, 1);
    assert.match(stderr, /checkpoints is a link or a file, not a folder of the run/);
    assert.deepEqual(readdirSync(path('moved')), before);
    rmSync(path('moved'), { recursive: true });
  });

  it('does not block on a pipe in place of its lock', async () => {
    execFileSync('mkfifo', [path('run', 'run.lock')]);
    const patience = setTimeout(2000, 'hung');
    const trained = await Promise.race([isLocked(path('run')), patience]);
    // Unblocks pending readers, so that this process can exit.
    if (trained === 'hung') writeFileSync(path('run', 'run.lock'), '');
    assert.equal(trained, false);
    const lock = await lockFolder(path('run'));
    assert.ok(lstatSync(path('run', 'run.lock')).isFile());
    await lock.release();
    assert.ok(!existsSync(path('run', 'run.lock')));
  });

  it('is held by a process on another machine as long as it has heartbeats', async () => {
    writeFileSync(path('run', 'run.lock'), '1 elsewhere.example');
    await assert.rejects(lockFolder(path('run')), /process 1 on elsewhere\.example is training in this folder/);
    const longAgo = Date.now() / 1000 - 61;
    utimesSync(path('run', 'run.lock'), longAgo, longAgo);
    const lock = await lockFolder(path('run'));
    assert.ok(readFileSync(path('run', 'run.lock'), 'utf8').startsWith(`${process.pid} ${hostname()}`));
    await lock.release();
  });

  it('is taken over if an earlier attempt seems to be in the future because the clock was set back', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(path('run', 'run.lock'), String(pid));
    mkdirSync(path('run', 'run.lock.taking'));
    const tomorrow = Date.now() / 1000 + 86_400;
    utimesSync(path('run', 'run.lock.taking'), tomorrow, tomorrow);
    await assert.rejects(lockFolder(path('run')), /just starting to train in this folder/);
    const lock = await lockFolder(path('run'));
    await lock.release();
  });

  it('has heartbeats of its holder until it is released', async () => {
    const lock = await lockFolder(path('run'), 10);
    utimesSync(path('run', 'run.lock'), 0, 0);
    while (lstatSync(path('run', 'run.lock')).mtimeMs === 0) await setTimeout(5);
    await lock.release();
    writeFileSync(path('run', 'run.lock'), '1 elsewhere.example');
    await setTimeout(50);
    assert.equal(readFileSync(path('run', 'run.lock'), 'utf8'), '1 elsewhere.example');
  });

  it('is not taken from a process that has created its lock file but not written it yet', async () => {
    const lockPath = path('run', 'run.lock');
    writeFileSync(lockPath, '');
    await assert.rejects(lockFolder(path('run')), /just starting to train in this folder/);
    assert.equal(readFileSync(lockPath, 'utf8'), '');
    // A takeover that takes this long counts as killed.
    const longAgo = Date.now() / 1000 - 11;
    utimesSync(lockPath, longAgo, longAgo);
    const lock = await lockFolder(path('run'));
    await lock.release();
  });

  it('does not delete a lock that another process has created in the meantime', async () => {
    const lock = await lockFolder(path('run'));
    writeFileSync(path('run', 'run.lock'), '1 elsewhere.example');
    await lock.release();
    assert.equal(readFileSync(path('run', 'run.lock'), 'utf8'), '1 elsewhere.example');
  });

  for (const [what, lose] of [
    ['taken over by another process', (lockPath: string) => writeFileSync(lockPath, '1 elsewhere.example')],
    ['freed by another process', rmSync],
  ] as const) {
    it(`is no longer changed by a process from which it was ${what}`, async () => {
      const lock = await lockFolder(path('run'));
      const held = new LockedFolder(path('run'));
      await held.append('records.arrows', new Uint8Array(8));
      const before = readFileSync(path('run', 'records.arrows'));
      lose(path('run', 'run.lock'));
      const taken = { code: lockLostCode };
      await assert.rejects(held.append('records.arrows', new Uint8Array(8)), taken);
      writeFileSync(path('run', 'run.lock'), `${process.pid} ${hostname()}`);
      await assert.rejects(held.truncate('records.arrows', 0), taken);
      await assert.rejects(held.write('run.json', new Uint8Array(8)), taken);
      await assert.rejects(held.remove('run.json'), taken);
      assert.deepEqual(readFileSync(path('run', 'records.arrows')), before);
      assert.ok(lstatSync(path('run', 'run.json')).size > 8);
      await lock.release();
    });
  }

  it('counts as deleted, not as taken over, if its lock is deleted shortly before the rest', async () => {
    const lock = await lockFolder(path('run'));
    const folder = new LockedFolder(path('run'));
    await folder.append('records.arrows', new Uint8Array(8));
    rmSync(path('run', 'run.lock'));
    const appending = folder.append('records.arrows', new Uint8Array(8));
    await setTimeout(250);
    rmSync(path('run'), { recursive: true });
    await assert.rejects(appending, { code: 'ENOENT' });
    await lock.release();
  });

  it('counts as deleted once it is, even if it seemed taken over before', async () => {
    const lock = await lockFolder(path('run'));
    const folder = new LockedFolder(path('run'));
    await folder.append('records.arrows', new Uint8Array(8));
    rmSync(path('run', 'run.lock'));
    await assert.rejects(folder.append('records.arrows', new Uint8Array(8)), { code: lockLostCode });
    rmSync(path('run'), { recursive: true });
    await assert.rejects(folder.append('records.arrows', new Uint8Array(8)), { code: 'ENOENT' });
    await lock.release();
  });

  it('is taken by exactly one of several processes that find a stale lock', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const taker = resolve('dist', 'test', 'unit', 'trainer', 'takeLock.command.mjs');
    const takers = Array.from({ length: 6 }, () => spawn(process.execPath, [taker, path('run')]));
    const lines = takers.map(({ stdout }) => createInterface({ input: stdout })[Symbol.asyncIterator]());
    const answers = () => Promise.all(lines.map(async (line) => String((await line.next()).value)));
    const tell = (word: string): void => {
      for (const { stdin } of takers) stdin.write(`${word}\n`);
    };
    await answers();
    for (let round = 0; round < 40; round++) {
      writeFileSync(path('run', 'run.lock'), String(pid));
      tell('take');
      const taken = (await answers()).filter((answer) => answer === 'taken');
      assert.equal(taken.length, 1, `round ${round}`);
      tell('release');
      await answers();
    }
    for (const { stdin } of takers) stdin.end();
  });
});
