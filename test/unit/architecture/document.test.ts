import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { modules } from './modules.mjs';

/** The documents at the root and in docs/; a change log also names what no longer exists. */
const documents = ['.', 'docs']
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((file) => file.endsWith('.md') && file !== 'CHANGELOG.md');

/** The drawing of the modules: its groups of nodes, and its arrows. */
interface Drawing {
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** As `importer --> imported`, or `importer -.-> imported` for types only; a group means each of its nodes. */
  readonly arrows: readonly string[];
}

/** Reads the Mermaid flowchart after the marker `<!-- modules -->`. */
function readDrawing(document: string): Drawing {
  const drawing = /<!-- modules -->\s+```mermaid\n(.*?)```/s.exec(document)?.[1];
  assert.ok(drawing, 'The document has no drawing of the modules.');
  const groups = new Map<string, string[]>();
  const arrows: string[] = [];
  let group: string[] | undefined;
  for (const line of drawing.split('\n').map((text) => text.trim())) {
    const [, opened] = /^subgraph (\w+)\[/.exec(line) ?? [];
    const [, node] = /^(\w+)\[/.exec(line) ?? [];
    const [, from, kind, to] = /^(\w+) (-->|-\.->) ([\w &]+)$/.exec(line) ?? [];
    if (opened) groups.set(opened, (group = []));
    else if (line === 'end') group = undefined;
    else if (node) group?.push(node);
    else if (from)
      arrows.push(...to.split(' & ').flatMap((name) => expand(name).map((one) => `${from} ${kind} ${one}`)));
    else assert.ok(line === '' || line === 'flowchart TD', `The drawing has a line of an unknown form: ${line}`);
  }
  return { groups, arrows };

  function expand(name: string): readonly string[] {
    return groups.get(name) ?? [name];
  }
}

describe('ARCHITECTURE.md', () => {
  const document = readFileSync('ARCHITECTURE.md', 'utf8');
  const { groups, arrows } = readDrawing(document);

  it('draws every module, in one group each', () => {
    assert.deepEqual([...groups.values()].flat().sort(), Object.keys(modules).sort());
  });

  it('draws exactly the pure modules as pure', () => {
    const pure = Object.keys(modules).filter((name) => modules[name].pure);
    assert.deepEqual([...(groups.get('pure') ?? [])].sort(), pure.sort());
  });

  it('draws an arrow for every allowed import, and no others', () => {
    const allowed = Object.entries(modules).flatMap(([name, { imports, types = [] }]) => [
      ...imports.map((imported) => `${name} --> ${imported}`),
      ...types.map((imported) => `${name} -.-> ${imported}`),
    ]);
    assert.deepEqual([...arrows].sort(), allowed.sort());
  });

  it('names at each step of a data flow a file and a symbol in it', () => {
    const steps = [...document.matchAll(/^\| \d+[a-c]? +\| \w+ +\| `([^`]+)` *\| (\w+) +\|/gm)];
    assert.ok(steps.length >= 30, `only ${steps.length} steps were read`);
    const missing = steps.filter(([, file, name]) => !existsSync(file) || !readFileSync(file, 'utf8').includes(name));
    assert.deepEqual(
      missing.map(([, file, name]) => `${file}: ${name}`),
      [],
    );
  });
});

describe('The data flows of ARCHITECTURE.md', () => {
  it('name the process in which each step runs', () => {
    const steps = [...readFileSync('ARCHITECTURE.md', 'utf8').matchAll(/^\| \d+[a-c]? +\| (\w+) +\| `([^`]+)`/gm)];
    assert.ok(steps.length >= 30, `only ${steps.length} steps were read`);
    const processOf = (file: string): string | undefined => {
      if (file.startsWith('webview/')) return 'page';
      if (/^src\/(?:trainer|engine|diagnosis)\//.test(file)) return 'trainer';
      return /^src\/(?:editor|session|panel)\//.test(file) ? 'host' : undefined;
    };
    for (const [, process, file = ''] of steps) assert.equal(process, processOf(file) ?? process, file);
  });
});

describe('The documents', () => {
  for (const file of documents) {
    const document = readFileSync(file, 'utf8');

    it(`${file} names paths that exist, from the root of the repository`, () => {
      const paths = document.match(/(?<=`)(?:src|webview|test|scripts|docs|media)\/[\w./-]*(?=`)/g) ?? [];
      assert.deepEqual(
        // NAME is a placeholder in recipes.
        paths.filter((path) => !path.includes('NAME') && !existsSync(path)),
        [],
      );
    });

    it(`${file} links to files that exist, from its own folder`, () => {
      const links = [...document.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path]) => path);
      assert.deepEqual(
        links.filter((path) => !existsSync(join(dirname(file), path))),
        [],
      );
    });
  }
});
