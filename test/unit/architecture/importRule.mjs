// @ts-check
// The lint rule that enforces the import rules of modules.mjs.
import { builtinModules } from 'node:module';
import { posix, relative, sep } from 'node:path';
import { guardedPackages, moduleOf, modules } from './modules.mjs';

/**
 * Whether an import or export of this statement is of types only, so that it does not exist at run time.
 * @param {any} statement
 */
function isTypeOnly(statement) {
  return statement.importKind === 'type' || statement.exportKind === 'type';
}

/** The ending of files that are written for Node; the browser has another file in place of each, or none. */
const nodeEnding = '.node.ts';

/** @param {string} name */
function isOfNode(name) {
  return name.startsWith('node:') || builtinModules.includes(name);
}

/**
 * The package of an import: `a` of `a/b`, `@a/b` of `@a/b/c`.
 * @param {string} name
 */
function packageOf(name) {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/**
 * Why a file may not import something; undefined if it may.
 * @param {string} file from the root of the repository, with forward slashes
 * @param {string} imported as it is written in the file
 * @param {boolean} typeOnly
 * @returns {string | undefined}
 */
export function importProblem(file, imported, typeOnly) {
  const name = moduleOf(file);
  const module = name === undefined ? undefined : modules[name];
  if (name === undefined || module === undefined) return undefined;
  const isForNode = file.endsWith(nodeEnding);
  if (imported.startsWith('.')) {
    if (module.pure && !isForNode && `${imported}.ts`.endsWith(nodeEnding)) {
      return `“${name}” is a pure module: only its own ${nodeEnding} files may import one. Let a caller pass in what it provides.`;
    }
    const target = moduleOf(posix.join(posix.dirname(file), `${imported}.ts`));
    if (target === undefined || target === name || module.imports.includes(target)) return undefined;
    if (module.types?.includes(target)) {
      return typeOnly ? undefined : `“${name}” may import types of “${target}”, but this imports values.`;
    }
    const allowed = [...module.imports, ...(module.types ?? [])].join(', ') || 'no module';
    return `“${name}” may not import “${target}”; it may import ${allowed}.`;
  }
  if (isOfNode(imported)) {
    if (isForNode || name === 'cli') return undefined;
    return `${imported} belongs to Node: only files called *${nodeEnding} may import it, because the browser replaces those.`;
  }
  const guarded = packageOf(imported);
  if (!guardedPackages.includes(guarded) || module.packages?.includes(guarded)) return undefined;
  const allowed = Object.keys(modules).filter((other) => modules[other]?.packages?.includes(guarded));
  return `“${name}” may not import ${guarded}; ${allowed.join(', ')} may.`;
}

/** @type {import('eslint').Rule.RuleModule} */
export const importRule = {
  meta: {
    type: 'problem',
    schema: [],
    docs: { description: 'enforce the import rules of test/unit/architecture/modules.mjs' },
  },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    /** @param {any} statement */
    const check = (statement) => {
      const imported = statement.source?.value;
      if (typeof imported !== 'string') return;
      const message = importProblem(file, imported, isTypeOnly(statement));
      if (message) context.report({ node: statement.source, message });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};
