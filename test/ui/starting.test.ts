import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { installedEmbedded } from '../../scripts/installation';
import { EmbeddedServer } from '../../scripts/server';
import { sharedLab } from './lab';

/** Reads the lines that a command prints until one holds an address. */
async function printedAddress(command: ChildProcess): Promise<URL> {
  if (!command.stdout) throw new Error('The command was started without a pipe for what it prints.');
  for await (const line of createInterface({ input: command.stdout })) {
    const address = /http:\S+/.exec(line)?.[0];
    if (address) return new URL(address);
  }
  throw new Error('The command ended without printing an address.');
}

/** The command lines of this user's processes that are below `parent`, words apart by NUL, as anybody can read them. */
function below(parent: number): readonly string[] {
  const all = readdirSync('/proc').flatMap((name) => {
    try {
      const [, group] = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      return [{ id: Number(name), parent: Number(group), words: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
    } catch {
      // Not a process, or one that has ended meanwhile.
      return [];
    }
  });
  const own = (id: number): readonly string[] =>
    all.filter((each) => each.parent === id).flatMap((each) => [each.words, ...own(each.id)]);
  return own(parent);
}

describe('npm start without a desktop VS Code', () => {
  let command: ChildProcess;
  let address: URL;
  let tokenFile = '';

  before(async () => {
    command = spawn(process.execPath, [resolve('dist', 'scripts', 'start.command.mjs')], {
      env: { ...process.env, UNROLL_LAUNCHER: 'embedded', DISPLAY: '', WAYLAND_DISPLAY: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    address = await printedAddress(command);
  });

  after(() => command.kill('SIGKILL'));

  it('opens on this machine alone, and only with the token', async () => {
    assert.equal(address.hostname, '127.0.0.1');
    const withToken = await fetch(address, { redirect: 'manual' });
    assert.equal(withToken.status, 302);
    const without = await fetch(address.origin, { redirect: 'manual' });
    assert.equal(without.status, 403);
  });

  it('keeps the token from the list of processes, in a file of its owner that is gone at the end', function () {
    if (process.platform !== 'linux') this.skip();
    const token = address.searchParams.get('tkn') ?? '';
    assert.ok(token.length > 20);
    // Its own server, and whatever that has started.
    const lines = below(command.pid ?? NaN);
    const server = lines.find((words) => words.includes('--connection-token-file='));
    assert.deepEqual(
      lines.filter((words) => words.includes(token)),
      [],
    );
    tokenFile = /--connection-token-file=([^\0]+)/.exec(server ?? '')?.[1] ?? '';
    assert.equal(readFileSync(tokenFile, 'utf8'), token);
    assert.deepEqual(
      [tokenFile, dirname(tokenFile)].map((path) => statSync(path).mode & 0o077),
      [0, 0],
    );
  });

  it('shows the samples with the extension in charge of them', async () => {
    const { browser } = await sharedLab();
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(address.href);
    await page.getByText('three-steps.rnn.json').first().dblclick();
    await page.locator('.codelens-decoration a', { hasText: 'Train' }).first().waitFor();
    await context.close();
  });

  it('ends with Ctrl+C, and its server with it', async () => {
    const ended = once(command, 'exit');
    command.kill('SIGINT');
    assert.deepEqual(await ended, [130, null]);
    await assert.rejects(fetch(address.origin));
    assert.equal(existsSync(tokenFile), false);
  });
});

describe('A server that asks for a token', () => {
  it('takes every token that can be drawn, one that looks like an option too', async () => {
    const server = await EmbeddedServer.start(await installedEmbedded(), { token: '-UoZBpirjtIaqFh_0' });
    try {
      const window = new URL(server.address({ folder: '/' }));
      assert.equal((await fetch(window, { redirect: 'manual' })).status, 302);
      assert.equal((await fetch(window.origin, { redirect: 'manual' })).status, 403);
    } finally {
      await server.stop();
    }
  });
});
