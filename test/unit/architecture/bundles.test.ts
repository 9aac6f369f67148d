import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';

/** The part of esbuild's metafile that these tests read. */
interface Metafile {
  readonly inputs: Readonly<Record<string, { readonly imports: readonly Import[] }>>;
  readonly outputs: Readonly<Record<string, { readonly imports: readonly Import[] }>>;
}

interface Import {
  readonly path: string;
  readonly kind: string;
  readonly external?: boolean;
}

function metafile(bundle: string): Metafile {
  return JSON.parse(readFileSync(`dist/meta/${bundle}.json`, 'utf8')) as Metafile;
}

/** The modules that a bundle imports from its host. */
function asksFor(bundle: string): readonly string[] {
  const { outputs } = metafile(bundle);
  return Object.values(outputs).flatMap(({ imports }) => imports.filter((one) => one.external).map(({ path }) => path));
}

/** This project's files in a bundle that import something whose resolved path contains `part`. */
function importersOf(bundle: string, part: string): readonly string[] {
  return Object.entries(metafile(bundle).inputs)
    .filter(([file, { imports }]) => !file.includes('node_modules/') && imports.some(({ path }) => path.includes(part)))
    .map(([file]) => file);
}

/** Files in a bundle whose path contains `part`. */
function contentOf(bundle: string, part: string): readonly string[] {
  return Object.keys(metafile(bundle).inputs).filter((file) => file.includes(part));
}

/** Files of a bundle that are evaluated when it is loaded; the others are evaluated on demand. */
function setUpBy(bundle: string, entry: string): ReadonlySet<string> {
  const { inputs } = metafile(bundle);
  const found = new Set<string>();
  const follow = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    for (const { path, kind, external } of inputs[file]?.imports ?? []) {
      if (kind !== 'dynamic-import' && external !== true) follow(path);
    }
  };
  follow(entry);
  return found;
}

describe('The bundles', () => {
  for (const bundle of ['trainer', 'watchThread', 'workerThread', 'cli']) {
    it(`${bundle} runs without vscode`, () => {
      assert.ok(!asksFor(bundle).includes('vscode'));
    });
  }

  it('extension imports vscode, which shows that the check above works', () => {
    assert.ok(asksFor('extension').includes('vscode'));
  });

  it('extension contains no module of the trainer: they communicate through the protocol', () => {
    assert.deepEqual(contentOf('extension', 'src/trainer/'), []);
    assert.notDeepEqual(contentOf('trainer', 'src/trainer/'), []);
  });

  it('extension contains no module that reads records: the trainer process reads them', () => {
    assert.deepEqual(contentOf('extension', 'node_modules/apache-arrow/'), []);
    assert.notDeepEqual(contentOf('trainer', 'node_modules/apache-arrow/'), []);
  });

  it('extension is activated without what is slow to load: the format, the JSON service, the whole of zod', () => {
    const atOnce = setUpBy('extension', 'src/extension.ts');
    assert.ok(atOnce.has('src/session/live/launcher.ts'));
    for (const slow of [
      'src/experiment/schema/schema.ts',
      'node_modules/vscode-json-languageservice/',
      'node_modules/zod/v4/classic/',
    ]) {
      assert.notDeepEqual(contentOf('extension', slow), []);
      assert.deepEqual(
        contentOf('extension', slow).filter((file) => atOnce.has(file)),
        [],
      );
    }
  });

  it('webview imports nothing of Node', () => {
    const ofNode = asksFor('webview').filter((path) => path.startsWith('node:') || builtinModules.includes(path));
    assert.deepEqual(ofNode, []);
  });

  for (const bundle of ['extension.web', 'trainer.web']) {
    it(`${bundle} imports nothing of Node, and has no file that is for Node`, () => {
      assert.deepEqual(
        asksFor(bundle).filter((path) => path !== 'vscode'),
        [],
      );
      assert.deepEqual(contentOf(bundle, '.node.ts'), []);
      assert.notDeepEqual(contentOf(bundle, '.web.ts'), []);
    });

    it(`no file of this project in ${bundle} uses a global of Node`, () => {
      const files = contentOf(bundle, 'src/').filter((file) => file.endsWith('.ts') && !file.includes('node_modules/'));
      assert.ok(files.length > 100);
      const users = files.filter((file) => {
        const code = readFileSync(file, 'utf8').replace(/^\s*(?:\*|\/\/|\/\*).*$/gm, '');
        return /(?<![.\w'"`])(?:process\.[a-z]|Buffer\.[a-z]|setImmediate\(|__dirname\b|require\()/.test(code);
      });
      assert.deepEqual(users, []);
    });
  }

  it('extension.web contains no module of the trainer and no reader of records', () => {
    assert.deepEqual(contentOf('extension.web', 'src/trainer/'), []);
    assert.deepEqual(contentOf('extension.web', 'node_modules/apache-arrow/'), []);
    assert.ok(!asksFor('trainer.web').includes('vscode'));
  });

  it('webview contains no react', () => {
    assert.deepEqual(contentOf('webview', 'node_modules/react'), []);
  });

  it('webview imports chart.js in webview/plot/charts only', () => {
    const importers = importersOf('webview', 'node_modules/chart.js/');
    assert.notDeepEqual(importers, []);
    assert.deepEqual(
      importers.filter((file) => !file.startsWith('webview/plot/charts/')),
      [],
    );
  });

  it('webview imports the toolkit in webview/ui only', () => {
    const importers = importersOf('webview', 'node_modules/@vscode/webview-ui-toolkit/');
    assert.notDeepEqual(importers, []);
    assert.deepEqual(
      importers.filter((file) => !file.startsWith('webview/ui/')),
      [],
    );
  });
});
