// @ts-check
// The lint rule that keeps the import law of rooms.mjs.
import { builtinModules } from 'node:module';
import { posix, relative, sep } from 'node:path';
import { guardedPackages, roomOf, rooms } from './rooms.mjs';

/**
 * Whether an import or export of this statement is of types only, so that nothing of it is left at run time.
 * @param {any} statement
 */
function isTypeOnly(statement) {
  return statement.importKind === 'type' || statement.exportKind === 'type';
}

/** Files that are written for Node, wherever they lie; the web has a twin of each or does without. */
const nodeTwin = '.node.ts';

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
 * Why a file may not import something; undefined where it may.
 * @param {string} file from the root of the repository, with forward slashes
 * @param {string} imported as it is written in the file
 * @param {boolean} typeOnly
 * @returns {string | undefined}
 */
export function refusal(file, imported, typeOnly) {
  const name = roomOf(file);
  const room = name === undefined ? undefined : rooms[name];
  if (name === undefined || room === undefined) return undefined;
  const ofNodeTwin = file.endsWith(nodeTwin);
  if (imported.startsWith('.')) {
    if (room.pure && !ofNodeTwin && `${imported}.ts`.endsWith(nodeTwin)) {
      return `“${name}” is a pure room: only its own ${nodeTwin} files may lean on one. Let a caller pass in what it gives.`;
    }
    const target = roomOf(posix.join(posix.dirname(file), `${imported}.ts`));
    if (target === undefined || target === name || room.imports.includes(target)) return undefined;
    if (room.types?.includes(target)) {
      return typeOnly ? undefined : `“${name}” may import types of “${target}”, but this imports values.`;
    }
    const allowed = [...room.imports, ...(room.types ?? [])].join(', ') || 'no room';
    return `“${name}” may not import “${target}”; it may import ${allowed}.`;
  }
  if (isOfNode(imported)) {
    if (ofNodeTwin || name === 'cli') return undefined;
    return `${imported} is Node's, so it stands in files called *${nodeTwin} alone, which the web replaces by a twin.`;
  }
  const guarded = packageOf(imported);
  if (!guardedPackages.includes(guarded) || room.packages?.includes(guarded)) return undefined;
  const allowed = Object.keys(rooms).filter((other) => rooms[other]?.packages?.includes(guarded));
  return `“${name}” may not import ${guarded}; ${allowed.join(', ')} may.`;
}

/** @type {import('eslint').Rule.RuleModule} */
export const border = {
  meta: { type: 'problem', schema: [], docs: { description: 'keep the import law of test/unit/house/rooms.mjs' } },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    /** @param {any} statement */
    const check = (statement) => {
      const imported = statement.source?.value;
      if (typeof imported !== 'string') return;
      const message = refusal(file, imported, isTypeOnly(statement));
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
