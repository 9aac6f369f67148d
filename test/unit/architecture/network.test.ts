import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { extensionBundles } from '../../../scripts/notices';
import { pageHtml } from '../../../src/panel/pageHtml';

/** The parts of an esbuild metafile that are read. */
interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
        readonly imports: readonly { readonly path: string; readonly external?: boolean }[];
      }
    >
  >;
}

const outputsOf = (bundle: string) =>
  Object.values((JSON.parse(readFileSync(`dist/meta/${bundle}.json`, 'utf8')) as Metafile).outputs);

describe('The network', () => {
  it('is not imported by any bundle: one has the sockets of Node.js, for its standard input', () => {
    const found = extensionBundles.flatMap((bundle) =>
      outputsOf(bundle)
        .flatMap(({ imports }) => imports.filter(({ external }) => external === true))
        .map(({ path }) => path.replace(/^node:/, ''))
        .filter((name) => /^(?:https?|http2|net|tls|dgram|dns|inspector|wasi)(?:\/|$)/.test(name))
        .map((name) => `${bundle}: ${name}`),
    );
    assert.deepEqual(found, ['watchThread: net']);
    // A pipe that is open already, and no address.
    const source = readFileSync('src/trainer/watchThread.node.ts', 'utf8');
    assert.match(source, /new Socket\(\{ fd: /);
    assert.doesNotMatch(source, /\.connect\(|createConnection|listen\(/);
  });

  it('is reached by no code of this project, and by libraries only where it is not called or not allowed', () => {
    const reaching = /\bfetch\(|\bXMLHttpRequest\b|\bnew WebSocket\b|\bEventSource\b|\bsendBeacon\b|\bimportScripts\b/;
    const inputs = extensionBundles.flatMap((bundle) =>
      outputsOf(bundle).flatMap((output) =>
        Object.entries(output.inputs)
          .filter(([file, { bytesInOutput }]) => bytesInOutput > 0 && /\.[cm]?[jt]s$/.test(file))
          .filter(([file]) => reaching.test(readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '')))
          .map(([file]) => `${bundle}: ${/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file}`),
      ),
    );
    assert.deepEqual([...new Set(inputs)].sort(), [
      // Its texts could come from an address; none is given to it.
      'extension: @vscode/l10n',
      // It would load pictures and fonts; the policy of the page refuses every connection.
      'webview: modern-screenshot',
      // It could load a table from an address; the same policy refuses it.
      'webview: papaparse',
    ]);
  });

  it('is refused to the page by its policy', () => {
    const html = pageHtml('run', { source: 'https://source.example', at: (name) => `/${name}` });
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
    const directives = new Map(
      policy.split('; ').map((one) => {
        const [name = '', ...values] = one.split(' ');
        return [name, values];
      }),
    );
    assert.deepEqual(directives.get('default-src'), [`'none'`]);
    assert.deepEqual(directives.get('form-action'), [`'none'`]);
    for (const name of ['connect-src', 'frame-src', 'worker-src', 'media-src', 'object-src']) {
      assert.ok(!directives.has(name), name);
    }
    const allowed = [...directives.values()].flat().filter((value) => !value.startsWith(`'nonce-`));
    assert.deepEqual([...new Set(allowed)].sort(), [`'none'`, 'blob:', 'data:', 'https://source.example']);
  });

  it('is not used by the terminal runner while it trains, tests and exports', () => {
    const folder = mkdtempSync(join(tmpdir(), 'unroll-network-'));
    const guard = join(folder, 'guard.mjs');
    writeFileSync(
      guard,
      `import net from 'node:net'; import dns from 'node:dns'; import dgram from 'node:dgram';
       import { syncBuiltinESMExports } from 'node:module';
       const refuse = (name) => () => { process.stderr.write('NETWORK ' + name + '\\n'); process.exit(99); };
       net.Socket.prototype.connect = refuse('connect');
       net.Server.prototype.listen = refuse('listen');
       dns.lookup = refuse('lookup');
       dgram.createSocket = refuse('datagram');
       globalThis.fetch = refuse('fetch');
       syncBuiltinESMExports();`,
    );
    const call = (...words: string[]) =>
      spawnSync(process.execPath, ['--import', pathToFileURL(guard).href, ...words], { encoding: 'utf8', cwd: folder });
    try {
      // The guard works.
      assert.equal(call('-e', 'fetch("http://127.0.0.1:9")').status, 99);
      const experiment = {
        data: { task: 'adding', length: 6 },
        model: { cell: 'rnn', hidden: 4 },
        training: { steps: 3, batch: 2 },
        expect: { loss: { above: 0 } },
      };
      writeFileSync(join(folder, 'x.rnn.json'), JSON.stringify(experiment));
      for (const words of [['train', '--workers', '2'], ['test'], ['export']]) {
        const [command = '', ...options] = words;
        const { status, stderr } = call(resolve('dist', 'cli.mjs'), command, 'x.rnn.json', ...options);
        assert.equal(status, 0, stderr);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
