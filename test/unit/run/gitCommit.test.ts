import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, win32 } from 'node:path';
import { formatGitState } from '../../../src/run/gitState';
import { isOnOtherServer, readGitCommit } from '../../../src/run/storage/gitCommit.node';
import { temporaryFolder } from '../../temporaryFolder';

describe('The commit of a repository', () => {
  let folder: string;

  before(function () {
    // Git itself is the source of the right answers.
    if (spawnSync('git', ['--version']).status !== 0) this.skip();
  });

  beforeEach(() => {
    folder = temporaryFolder('unroll-git-');
    git('init', '--quiet', '--initial-branch', 'main');
    git('config', 'user.email', 'someone@example.org');
    git('config', 'user.name', 'Someone');
  });

  const git = (...words: string[]): string =>
    execFileSync('git', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const commit = (message: string): string => {
    git('commit', '--quiet', '--allow-empty', '--message', message);
    return git('rev-parse', 'HEAD');
  };

  it('is that of the branch, also from a folder within', async () => {
    const first = commit('one');
    mkdirSync(join(folder, 'a', 'b'), { recursive: true });
    assert.equal(await readGitCommit(folder), first);
    assert.equal(await readGitCommit(join(folder, 'a', 'b')), first);
    const second = commit('two');
    assert.notEqual(first, second);
    assert.equal(await readGitCommit(folder), second);
  });

  it('is found where Git has packed its references, and where no branch is checked out', async () => {
    const first = commit('one');
    commit('two');
    git('branch', 'other');
    git('pack-refs', '--all');
    assert.equal(await readGitCommit(folder), git('rev-parse', 'HEAD'));
    git('checkout', '--quiet', '--detach', first);
    assert.equal(await readGitCommit(folder), first);
  });

  it('is that of a linked working tree', async () => {
    commit('one');
    const linked = join(temporaryFolder('unroll-git-'), 'linked');
    git('worktree', 'add', '--quiet', '-b', 'side', linked);
    const here = commit('two');
    assert.equal(await readGitCommit(linked), git('rev-parse', 'side'));
    assert.notEqual(await readGitCommit(linked), here);
  });

  it('is unknown without a repository, and before the first commit', async () => {
    assert.equal(await readGitCommit(folder), undefined);
    assert.equal(await readGitCommit(temporaryFolder('unroll-git-')), undefined);
  });

  it('is not looked for outside the repository, whatever its files say', async () => {
    const secret = '0123456789abcdef0123456789abcdef01234567';
    writeFileSync(join(folder, 'secret'), `${secret}\n`);
    for (const head of ['ref: refs/../../secret', 'ref: ../secret', `${secret}\nmore`, 'ref: refs/heads/main\0x', '']) {
      writeFileSync(join(folder, '.git', 'HEAD'), head);
      assert.equal(await readGitCommit(folder), undefined, head);
    }
    writeFileSync(join(folder, '.git', 'HEAD'), 'ref: refs/heads/loop');
    writeFileSync(join(folder, '.git', 'refs', 'heads', 'loop'), 'ref: refs/heads/loop');
    assert.equal(await readGitCommit(folder), undefined);
  });

  it('is not waited for where a pipe stands in place of a file', async function () {
    if (process.platform === 'win32') this.skip();
    const first = commit('one');
    const pipeAt = (...place: string[]): void => {
      rmSync(join(folder, '.git', ...place), { force: true });
      execFileSync('mkfifo', [join(folder, '.git', ...place)]);
    };
    // Only linked working trees have this file.
    pipeAt('commondir');
    assert.equal(await readGitCommit(folder), first);
    for (const place of [['refs', 'heads', 'main'], ['packed-refs'], ['HEAD']]) {
      pipeAt(...place);
      assert.equal(await readGitCommit(folder), undefined, place.join('/'));
    }
    rmSync(join(folder, '.git'), { recursive: true });
    pipeAt();
    assert.equal(await readGitCommit(folder), undefined, '.git');
  });

  it('is not looked for on another server: Windows signs in to one whose share is opened', () => {
    const is = (from: string, to: string): boolean => isOnOtherServer(from, to, win32);
    assert.equal(is('C:\\work\\a.rnn.json', 'C:\\work\\.git'), false);
    assert.equal(is('C:\\work\\a.rnn.json', 'D:\\repositories\\work'), false);
    assert.equal(is('\\\\server\\share\\a.rnn.json', '\\\\Server\\share\\.git'), false);
    for (const to of ['\\\\evil\\share\\x', '//evil/share/x', '\\\\?\\UNC\\evil\\share', '\\\\.\\pipe\\x'])
      assert.equal(is('C:\\work\\a.rnn.json', to), true, to);
  });

  it('is abbreviated, with a word for changed files', () => {
    const full = '0123456789abcdef0123456789abcdef01234567';
    assert.equal(formatGitState({ commit: full, isDirty: false }), '0123456');
    assert.equal(formatGitState({ commit: full, isDirty: null }), '0123456');
    assert.equal(formatGitState({ commit: full, isDirty: true }), '0123456 (modified)');
  });
});
