import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerCleanup } from './cleanup';
import type { Installation } from './installation';
import { isolatingProxy } from './isolatingProxy';
import { scratchFolder } from './scratch';

/** The options of a server. */
export interface ServerOptions {
  /** The token that a browser must pass as `?tkn=`. Omitted only in tests, because a VS Code server has a terminal. */
  readonly token?: string;
  /**
   * Whether the address of a window may name an extension to load from its sources, and a suite to run. VS Code treats
   * such a server as one under test and doesn't pop up notifications; they are only in the notification center.
   */
  readonly development?: boolean;
  /** Whether windows may be in Restricted Mode; otherwise every folder is trusted. */
  readonly restricts?: boolean;
  /** The initial settings of every window, by their full ids. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether its pages are cross-origin isolated, so that threads of a browser may share memory. */
  readonly isolates?: boolean;
  /** Folder names of VS Code's own extensions that windows do without; none by default. */
  readonly withoutExtensions?: readonly string[];
  /** Variables added to the environment of the server and its extension hosts. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The folder for settings and extensions; a scratch folder by default. */
  readonly home?: string;
}

/** The initial content of a window. */
export interface WindowOptions {
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  /** Absolute path of an extension to load from its sources. */
  readonly extension?: string;
  /** Absolute path of the module whose `run()` is the suite to run in the extension host. */
  readonly suite?: string;
  /** Absolute path of a file that is open in an editor. */
  readonly file?: string;
}

/** No welcome pages, no requests to galleries, no assistants. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
};

/** Time limits (ms) for a server to become ready, and to exit after SIGTERM. */
const startLimit = 60_000;
const stopLimit = 5_000;

/** The VS Code server with its web workbench on 127.0.0.1, with its own port and home folder. */
export class EmbeddedServer {
  /** Its port on 127.0.0.1. */
  readonly port: number;
  private readonly child: ChildProcess;
  private readonly home: string;
  private readonly token: string | undefined;

  private constructor(child: ChildProcess, port: number, home: string, token: string | undefined) {
    this.child = child;
    this.port = port;
    this.home = home;
    this.token = token;
    registerCleanup(() => this.stop());
  }

  /** Starts a server and waits until it serves the workbench. @throws with its output when it doesn't */
  static async start(installation: Installation, options: ServerOptions = {}): Promise<EmbeddedServer> {
    const home = options.home ?? scratchFolder('server');
    writeSettings(home, options.settings ?? {});
    const access = options.token ? `--connection-token-file=${tokenFile(options.token)}` : '--without-connection-token';
    const child = spawn(
      installation.node,
      [
        installation.server,
        ...['--host', '127.0.0.1', '--port', '0', access, '--accept-server-license-terms'],
        ...(options.development ? ['--enable-smoke-test-driver'] : []),
        ...(options.restricts ? [] : ['--disable-workspace-trust']),
        ...(options.withoutExtensions
          ? ['--builtin-extensions-dir', extensionsWithout(installation, options.withoutExtensions)]
          : []),
        ...['--disable-telemetry', ...folderFlags(home)],
      ],
      // Its own process group: the server starts extension hosts, which must be stopped too.
      { detached: true, env: { ...environmentAt(home), ...options.environment }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const port = await announcedPort(child);
    return new EmbeddedServer(child, options.isolates ? await isolatingProxy(port) : port, home, options.token);
  }

  /** The address of a window; opening it in a browser starts an extension host for it. */
  address({ folder, extension, suite, file }: WindowOptions): string {
    const remote = (path: string): string => `vscode-remote://127.0.0.1:${String(this.port)}${path}`;
    const payload = [
      ...(extension ? [['extensionDevelopmentPath', remote(extension)]] : []),
      ...(suite ? [['extensionTestsPath', remote(suite)]] : []),
      ...(file ? [['openFile', remote(file)]] : []),
    ];
    const query = new URLSearchParams({ folder });
    if (payload.length > 0) query.set('payload', JSON.stringify([...payload, ['skipWelcome', 'true']]));
    if (this.token) query.set('tkn', this.token);
    return `http://127.0.0.1:${String(this.port)}/?${query.toString()}`;
  }

  /** The process group of the server and its child processes. */
  get group(): number {
    return this.child.pid ?? NaN;
  }

  /** Replaces the user settings of windows that are opened from now on. */
  configure(settings: Readonly<Record<string, unknown>>): void {
    writeSettings(this.home, settings);
  }

  /** Waits until the server exits; returns its exit code, or 1 if a signal ended it. */
  async ended(): Promise<number> {
    if (this.child.exitCode === null) await once(this.child, 'exit');
    return this.child.exitCode ?? 1;
  }

  /** Stops the server and its child processes. */
  async stop(): Promise<void> {
    const group = this.child.pid;
    if (group === undefined) return;
    signal(group, 'SIGTERM');
    for (let waited = 0; waited < stopLimit && signal(group, 0); waited += 50) await sleep(50);
    signal(group, 'SIGKILL');
  }
}

/**
 * Installs a packed extension into a home folder for a server.
 *
 * @throws with the server's output when it rejects the package
 */
export function installExtension(installation: Installation, home: string, vsix: string): void {
  const parameters = [installation.server, '--install-extension', vsix, ...folderFlags(home)];
  const { status, stdout, stderr } = spawnSync(installation.node, parameters, {
    env: environmentAt(home),
    encoding: 'utf8',
  });
  if (status === 0) return;
  throw new Error(`${vsix} was not installed (exit code ${String(status)}). The server says:\n${stdout}${stderr}`);
}

/**
 * A file with a token, until this command ends. On a command line every user of the machine could read the token and open
 * a terminal with it.
 */
function tokenFile(token: string): string {
  // mkdtemp creates folders that only their owner can enter.
  const file = join(scratchFolder('token'), 'token');
  writeFileSync(file, token, { mode: 0o600, flag: 'wx' });
  return file;
}

/** A folder with links to VS Code's own extensions but for some. @throws when one of those doesn't exist */
function extensionsWithout({ server }: Installation, leftOut: readonly string[]): string {
  const all = realpathSync(join(dirname(server), '..', 'extensions'));
  const names = readdirSync(all);
  const unknown = leftOut.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`The embedded VS Code has no extension ${unknown.join(', ')}.`);
  const folder = scratchFolder('extensions');
  for (const name of names) if (!leftOut.includes(name)) symlinkSync(join(all, name), join(folder, name));
  return folder;
}

function folderFlags(home: string): readonly string[] {
  return ['--user-data-dir', join(home, 'data'), '--extensions-dir', join(home, 'extensions')];
}

function writeSettings(home: string, settings: Readonly<Record<string, unknown>>): void {
  const folder = join(home, 'data', 'User');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));
}

/** The environment of a server, separated from the user's own configuration. */
function environmentAt(home: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(name));
  return {
    ...Object.fromEntries(inherited),
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
  };
}

/** The port in the server's output “Web UI available at …”. */
async function announcedPort(child: ChildProcess): Promise<number> {
  let output = '';
  const listen = new Promise<number>((found, failed) => {
    const onData = (chunk: Buffer): void => {
      output += chunk.toString();
      const port = /Web UI available at \S*?:(\d+)/.exec(output)?.[1];
      if (port) found(Number(port));
    };
    child.stdout?.on('data', onData);
    child.stderr?.on('data', onData);
    child.once('error', failed);
    child.once('exit', (code) => {
      failed(new Error(`The embedded VS Code ended with exit code ${String(code)} before it was ready:\n${output}`));
    });
  });
  const limit = new AbortController();
  const late = sleep(startLimit, undefined, { signal: limit.signal }).then(() => {
    if (child.pid !== undefined) signal(child.pid, 'SIGKILL');
    throw new Error(`The embedded VS Code was not ready after ${String(startLimit / 1000)} s. Its output:\n${output}`);
  });
  try {
    return await Promise.race([listen, late]);
  } finally {
    late.catch(() => undefined);
    limit.abort();
  }
}

/** Sends a signal to a whole process group; false if no process is left in it. */
function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, name);
  } catch {
    return false;
  }
}
