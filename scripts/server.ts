import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeAtEnd } from './closing';
import type { Installation } from './installation';
import { scratchFolder } from './scratch';

/** How a server is to be started. */
export interface ServerOptions {
  /** What a browser must show as `?tkn=`; none only in tests, because a VS Code server has a terminal. */
  readonly token?: string;
  /**
   * Whether a window's address may name an extension to load from its sources, and a suite to run. VS Code takes such
   * a server for one under test and shows no notifications by themselves; they wait behind the bell.
   */
  readonly development?: boolean;
  /** Whether windows may be in Restricted Mode; else every folder is trusted. */
  readonly restricts?: boolean;
  /** Settings every window starts with, by their full ids. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Variables added to the environment of the server, and so of its extension hosts. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where settings, extensions and the like are kept; a scratch folder by default. */
  readonly home?: string;
}

/** What a window shows when it opens. */
export interface WindowOptions {
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  /** Absolute path of an extension to load from its sources. */
  readonly extension?: string;
  /** Absolute path of the module whose `run()` is the suite to run in the extension host. */
  readonly suite?: string;
}

/** Quiet: no welcome pages, no requests to galleries, no assistants in the way of the picture. */
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

/** How long (ms) a server may take to say that it is there, and how long to end of its own will. */
const startLimit = 60_000;
const stopLimit = 5_000;

/** The VS Code server with its web workbench on 127.0.0.1, a port of its own and a home of its own. */
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
    closeAtEnd(() => this.stop());
  }

  /** Starts a server and waits until it serves the workbench. Throws with its last words when it does not. */
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
        ...['--disable-telemetry', ...folderFlags(home)],
      ],
      // A group of its own: the server starts extension hosts, and stopping must reach them too.
      { detached: true, env: { ...environmentAt(home), ...options.environment }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    return new EmbeddedServer(child, await announcedPort(child), home, options.token);
  }

  /** The address of a window; opening it in a browser starts an extension host for it. */
  address({ folder, extension, suite }: WindowOptions): string {
    const remote = (path: string): string => `vscode-remote://127.0.0.1:${String(this.port)}${path}`;
    const payload = [
      ...(extension ? [['extensionDevelopmentPath', remote(extension)]] : []),
      ...(suite ? [['extensionTestsPath', remote(suite)]] : []),
    ];
    const query = new URLSearchParams({ folder });
    if (payload.length > 0) query.set('payload', JSON.stringify([...payload, ['skipWelcome', 'true']]));
    if (this.token) query.set('tkn', this.token);
    return `http://127.0.0.1:${String(this.port)}/?${query.toString()}`;
  }

  /** The process group of the server and all that it starts. */
  get group(): number {
    return this.child.pid ?? NaN;
  }

  /** Replaces the user's settings; windows opened from now on start with them. */
  configure(settings: Readonly<Record<string, unknown>>): void {
    writeSettings(this.home, settings);
  }

  /** Waits until the server ends by itself; its exit code, or 1 where a signal ended it. */
  async ended(): Promise<number> {
    if (this.child.exitCode === null) await once(this.child, 'exit');
    return this.child.exitCode ?? 1;
  }

  /** Ends the server and all that it started. */
  async stop(): Promise<void> {
    const group = this.child.pid;
    if (group === undefined) return;
    signal(group, 'SIGTERM');
    for (let waited = 0; waited < stopLimit && signal(group, 0); waited += 50) await sleep(50);
    signal(group, 'SIGKILL');
  }
}

/**
 * Installs a packed extension into a home that a server can then be started with.
 * Throws with what the server said when it refuses the package.
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
 * A file that holds a token, until this command ends. On a command line every user of the machine could read it, and
 * with it open a terminal as this one.
 */
function tokenFile(token: string): string {
  // mkdtemp makes folders that their owner alone can enter.
  const file = join(scratchFolder('token'), 'token');
  writeFileSync(file, token, { mode: 0o600, flag: 'wx' });
  return file;
}

function folderFlags(home: string): readonly string[] {
  return ['--user-data-dir', join(home, 'data'), '--extensions-dir', join(home, 'extensions')];
}

function writeSettings(home: string, settings: Readonly<Record<string, unknown>>): void {
  const folder = join(home, 'data', 'User');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));
}

/** Nothing of the person's own configuration reaches a server, and nothing of a server's reaches theirs. */
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

/** The port in the server's “Web UI available at …”. */
async function announcedPort(child: ChildProcess): Promise<number> {
  let said = '';
  const listen = new Promise<number>((found, failed) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const port = /Web UI available at \S*?:(\d+)/.exec(said)?.[1];
      if (port) found(Number(port));
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', failed);
    child.once('exit', (code) => {
      failed(new Error(`The embedded VS Code ended with exit code ${String(code)} before it was ready:\n${said}`));
    });
  });
  const limit = new AbortController();
  const late = sleep(startLimit, undefined, { signal: limit.signal }).then(() => {
    if (child.pid !== undefined) signal(child.pid, 'SIGKILL');
    throw new Error(`The embedded VS Code was not ready after ${String(startLimit / 1000)} s. It said:\n${said}`);
  });
  try {
    return await Promise.race([listen, late]);
  } finally {
    late.catch(() => undefined);
    limit.abort();
  }
}

/** Sends a signal to a whole process group; false where nobody is left in it. */
function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, name);
  } catch {
    return false;
  }
}
