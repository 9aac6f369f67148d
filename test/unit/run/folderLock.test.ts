import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { isLocked, lockFolder } from '../../../src/run/storage/folderLock.node';
import { findProcess, ownStart } from '../../../src/run/storage/processStart.node';
import { temporaryFolder } from '../../temporaryFolder';

const secondsPerDay = 86_400;

describe('The lock of a run’s folder', () => {
  let folder: string;
  let lockPath: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-lock-'));
    lockPath = join(folder, 'run.lock');
    // An empty folder is deleted with its lock.
    writeFileSync(join(folder, 'run.json'), '{}');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  /** A process that sleeps. */
  async function sleepingProcess(command = 'sleep'): Promise<number> {
    const child = spawn(command, ['600']);
    children.push(child);
    await new Promise((resolve) => child.once('spawn', resolve));
    return child.pid ?? 0;
  }

  async function startOf(pid: number): Promise<string> {
    const found = await findProcess(pid);
    assert.ok(found.kind === 'running' && found.start !== undefined, JSON.stringify(found));
    return found.start;
  }

  const takenOver = async (): Promise<void> => {
    const lock = await lockFolder(folder);
    assert.equal(Number(readFileSync(lockPath, 'utf8').split(' ')[0]), process.pid);
    await lock.release();
  };
  const refused = async (pid: number): Promise<void> => {
    await assert.rejects(lockFolder(folder), new RegExp(`process ${pid} is training in this folder`));
  };

  it('says what to delete where something that is not a lock is in its place', async () => {
    mkdirSync(lockPath);
    await assert.rejects(lockFolder(folder), /run\.lock is not a lock and prevents training in this folder; delete it/);
    rmSync(lockPath, { recursive: true });
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(lockPath, String(pid));
    const mutex = `${lockPath}.taking`;
    for (const make of [() => mkdirSync(join(mutex, 'x'), { recursive: true }), () => writeFileSync(mutex, '')]) {
      make();
      utimesSync(mutex, 0, 0);
      await assert.rejects(lockFolder(folder), /run\.lock\.taking is not a lock and prevents .*; delete it/);
      rmSync(mutex, { recursive: true });
    }
    await takenOver();
  });

  it('removes the empty folders that were created for it, and no other', async () => {
    const runs = join(folder, 'runs');
    await (await lockFolder(join(runs, 'one', 'deep'))).release();
    assert.deepEqual(readdirSync(folder), ['run.json']);
    mkdirSync(runs);
    await (await lockFolder(join(runs, 'one', 'deep'))).release();
    assert.deepEqual(readdirSync(folder).sort(), ['run.json', 'runs'], 'a folder of the user was removed');
    const other = await lockFolder(join(runs, 'two', 'kept'));
    await (await lockFolder(join(runs, 'two', 'empty'))).release();
    assert.deepEqual(readdirSync(join(runs, 'two')), ['kept']);
    await other.release();
    assert.deepEqual(readdirSync(runs), []);
  });

  it('names the reason why a folder can’t be created', async function () {
    const mounts = process.platform === 'linux' ? readFileSync('/proc/mounts', 'utf8').split('\n') : [];
    const readOnly = mounts
      .map((line) => line.split(' '))
      .find(([, , , options = '']) => /^ro(,|$)/.test(options))?.[1];
    if (readOnly === undefined) this.skip();
    await assert.rejects(lockFolder(join(readOnly, 'unroll-runs', 'run')), { code: 'EROFS' });
  });

  it('is taken over immediately from a killed process that its parent has not reaped', async function () {
    if (process.platform !== 'linux') this.skip();
    // The second program never reaps the child that the first one has started.
    const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600']);
    children.push(parent);
    const line = await createInterface({ input: parent.stdout })[Symbol.asyncIterator]().next();
    const pid = Number(line.value);
    const start = await startOf(pid);
    writeFileSync(lockPath, `${pid} ${hostname()}`);
    await refused(pid);
    process.kill(pid, 'SIGKILL');
    while (!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) await setTimeout(5);
    assert.equal(await isLocked(folder), false);
    await takenOver();
    writeFileSync(lockPath, `${pid} ${hostname()} ${start}`);
    await takenOver();
  });

  it('is taken over from a process whose id was reused', async () => {
    const pid = await sleepingProcess();
    const start = await startOf(pid);
    writeFileSync(lockPath, `${pid} ${hostname()} ${start}`);
    assert.equal(await isLocked(folder), true);
    await refused(pid);
    writeFileSync(lockPath, `${pid} ${hostname()} ${start}0`);
    assert.equal(await isLocked(folder), false);
    await takenOver();
  });

  it('does not belong to this process if an earlier process with the same id created it', async () => {
    writeFileSync(lockPath, `${process.pid} ${hostname()} ${(await ownStart()) ?? ''}0`);
    assert.equal(await isLocked(folder), false);
    await takenOver();
  });

  it('of another boot or container is valid as long as it has heartbeats', async function () {
    if (process.platform !== 'linux') this.skip();
    const pid = await sleepingProcess();
    const elsewhere = (await startOf(pid)).replace(/^[0-9a-f]{4}/, (digits) => (digits === '0000' ? '1111' : '0000'));
    writeFileSync(lockPath, `${pid} ${hostname()} ${elsewhere}`);
    await refused(pid);
    const longAgo = Date.now() / 1000 - 61;
    utimesSync(lockPath, longAgo, longAgo);
    await takenOver();
  });

  it('without a machine name is valid for a minute after its last heartbeat, also if that is in the future', async () => {
    const pid = await sleepingProcess();
    for (const seconds of [-61, secondsPerDay]) {
      writeFileSync(lockPath, String(pid));
      await refused(pid);
      const time = Date.now() / 1000 + seconds;
      utimesSync(lockPath, time, time);
      assert.equal(await isLocked(folder), false);
      await takenOver();
    }
  });

  it('is held by the writer after its holder has ended, until the writer has ended too', async () => {
    const { pid: gone } = spawnSync(process.execPath, ['--version']);
    const pid = await sleepingProcess();
    writeFileSync(lockPath, `${gone} ${hostname()}\n${pid} ${await startOf(pid)}`);
    assert.equal(await isLocked(folder), true);
    await assert.rejects(lockFolder(folder), /is training in this folder/);
    const taking = lockFolder(folder);
    await setTimeout(200);
    process.kill(pid, 'SIGKILL');
    await (await taking).release();
  });

  it('names the writer, and still belongs to the holder', async () => {
    const pid = await sleepingProcess();
    const lock = await lockFolder(folder, 10);
    await lock.addWriter(pid);
    await setTimeout(50);
    const [holder = '', writer = ''] = readFileSync(lockPath, 'utf8').split('\n');
    assert.equal(holder, `${process.pid} ${hostname()} ${(await ownStart()) ?? ''}`);
    assert.equal(writer, `${pid} ${await startOf(pid)}`);
    assert.equal(await isLocked(folder), true);
    await lock.release();
    assert.equal(await isLocked(folder), false);
  });

  it('reads the start of a process whose name looks like the rest of the line', async function () {
    if (process.platform !== 'linux') this.skip();
    const named = join(temporaryFolder('unroll-name-'), 'a) Z (1 2');
    copyFileSync('/bin/sleep', named);
    const pid = await sleepingProcess(named);
    // ps reads the same source independently.
    const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    assert.match(stdout, /^S/);
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').trimEnd().split(' ');
    // 52 fields, of which the third from the end of the numbers that follow the name is counted from behind.
    assert.ok((await startOf(pid)).endsWith(`:${fields.at(22 - 53) ?? ''}`));
  });
});
