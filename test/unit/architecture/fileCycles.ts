import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { preProcessFile } from 'typescript';

/** The files that each file imports, type-only imports included; paths from the root of the repository, with `/`. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** The imports of every TypeScript source in `folders`; files outside them are left out. */
export function readImports(folders: readonly string[]): ImportGraph {
  const sources = new Map(folders.flatMap(sourcesIn).map((file) => [file, readFileSync(file, 'utf8')]));
  return importsOf(sources);
}

/** The imports between files, from their texts: `import`, `import type`, `export … from` and `import(…)`. */
export function importsOf(sources: ReadonlyMap<string, string>): ImportGraph {
  return new Map(
    [...sources].map(([file, text]) => {
      const imported = preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
      const files = imported
        .filter((name) => name.startsWith('.'))
        .map((name) => `${path.posix.join(path.posix.dirname(file), name)}.ts`)
        .filter((name) => sources.has(name));
      return [file, files];
    }),
  );
}

/**
 * The groups of files that import one another in a circle: the strongly connected components of more than one file
 * (Tarjan 1972), and every file that imports itself.
 */
export function fileCycles(graph: ImportGraph): readonly (readonly string[])[] {
  const index = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];

  const visit = (file: string): number => {
    const own = index.size;
    index.set(file, own);
    stack.push(file);
    let low = own;
    for (const imported of graph.get(file) ?? []) {
      if (!index.has(imported)) low = Math.min(low, visit(imported));
      else if (stack.includes(imported)) low = Math.min(low, index.get(imported) ?? low);
    }
    if (low === own) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1 || graph.get(file)?.includes(file) === true) cycles.push(group.sort());
    }
    return low;
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return cycles;
}

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')));
}
