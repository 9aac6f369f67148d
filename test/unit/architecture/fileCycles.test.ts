import assert from 'node:assert/strict';
import { fileCycles, importsOf, readImports } from './fileCycles';

/** The cycles between files with these texts. */
function cyclesOf(texts: Readonly<Record<string, string>>): readonly (readonly string[])[] {
  return fileCycles(importsOf(new Map(Object.entries(texts))));
}

describe('Import cycles', () => {
  it('are absent from src and webview, type-only imports included', () => {
    const imports = readImports(['src', 'webview']);
    assert.ok(imports.size > 300, `only ${imports.size} files were read`);
    assert.ok([...imports.values()].flat().length > 1000);
    assert.deepEqual(fileCycles(imports), []);
  });

  it('are found in a circle of three files, whatever the kind of import', () => {
    const found = cyclesOf({
      'src/a.ts': "import type { B } from './deep/b';\nexport type A = B;\n",
      'src/deep/b.ts': "export * from '../c';\n",
      'src/c.ts': "export const a = import('./a');\n",
      'src/d.ts': "import { a } from './a';\nexport const d = a;\n",
    });
    assert.deepEqual(found, [['src/a.ts', 'src/c.ts', 'src/deep/b.ts']]);
  });

  it('are found between two files and of a file with itself, each separately', () => {
    const found = cyclesOf({
      'src/a.ts': "import { b } from './b';\nimport { own } from './own';\n",
      'src/b.ts': "import { a } from './a';\n",
      'src/own.ts': "import type { Own } from './own';\n",
    });
    assert.deepEqual(found, [['src/own.ts'], ['src/a.ts', 'src/b.ts']]);
  });

  it('are not reported where two files import the same third one', () => {
    const found = cyclesOf({
      'src/a.ts': "import { c } from './c';\nimport { b } from './b';\n",
      'src/b.ts': "import { c } from './c';\n",
      'src/c.ts': "import { readFileSync } from 'node:fs';\n",
    });
    assert.deepEqual(found, []);
  });
});
