import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { installedEmbedded } from '../launch/installation';
import { EmbeddedServer } from '../launch/server';
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

describe('npm start without a desktop VS Code', () => {
  let command: ChildProcess;
  let address: URL;

  before(async () => {
    command = spawn(process.execPath, [resolve('dist', 'test', 'launch', 'start.command.mjs')], {
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
