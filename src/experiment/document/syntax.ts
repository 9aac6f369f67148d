import { createScanner, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import type { LineIndex } from './lineIndex';
import { invalidCalculation, invalidNumber, type InvalidNumber } from './numberText';
import type { Problem } from '../problems/problem';
import { maxExperimentBytes } from './sizes';
import { formatExact } from '../../text/numbers';
import { english } from '../../text/translate';

const maxDepth = 32;

// The scanner's kinds of token are a const enum, which a bundler that compiles file by file cannot see.
const [openBrace, closeBrace, openBracket, closeBracket, endOfFile]: readonly number[] = [1, 2, 3, 4, 17];

/** The syntax tree of a text, or the first problem of its syntax. */
export function readSyntax(text: string, lines: LineIndex): { readonly root: Node } | Problem {
  const early = tooLarge(text, lines) ?? badNesting(text, lines);
  if (early) return early;
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first && !(isBlank(text) && printParseErrorCode(first.error) === 'ValueExpected')) {
    const commas = printParseErrorCode(first.error) === 'PropertyNameExpected';
    const number = invalidCalculation(text, first.offset) ?? invalidNumber(text, first.offset, commas);
    if (number !== undefined) return numberProblem(number, lines);
    const found = text.slice(first.offset, first.offset + Math.min(40, first.length));
    return syntaxProblem('syntax', syntaxMessage(first, found), lines, first.offset, Math.max(1, first.length));
  }
  return root ? { root } : syntaxProblem('empty', emptyMessage, lines, 0, 0);
}

/** Whether a text is white space and comments only, terminated or not. */
function isBlank(text: string): boolean {
  const first: number = createScanner(text, true).scan();
  return first === endOfFile;
}

function syntaxProblem(code: string, message: string, lines: LineIndex, offset: number, length: number): Problem {
  return { code, message, keyPath: [], place: lines.place(offset, length) };
}

function numberProblem({ message, offset, length, valid }: InvalidNumber, lines: LineIndex): Problem {
  const problem = syntaxProblem('syntax', message, lines, offset, length);
  if (valid === undefined) return problem;
  const change = { kind: 'replace', offset, length, text: valid } as const;
  return { ...problem, fixes: [{ title: english`Write ${valid}`, changes: [change] }] };
}

function tooLarge(text: string, lines: LineIndex): Problem | undefined {
  // A text has at least as many bytes as UTF-16 units, so a huge one need not be encoded.
  const bytes = text.length > maxExperimentBytes ? text.length : new TextEncoder().encode(text).length;
  if (bytes <= maxExperimentBytes) return undefined;
  const message = english`This experiment file has at least ${formatExact(bytes)} bytes: at most ${formatExact(maxExperimentBytes)} (1 MiB) are allowed. Move the data to a text or CSV file and name it in "data".`;
  return syntaxProblem('tooLarge', message, lines, 0, 1);
}

const emptyMessage = english`The file is empty: write at least { "data": { "task": "adding" }, "model": { "cell": "lstm" } }.`;

/**
 * Nesting that is too deep, or never closed: found before the recursive parser reads the text. Where brackets do not
 * match or the syntax is invalid in the middle, the parser knows the place better.
 */
function badNesting(text: string, lines: LineIndex): Problem | undefined {
  const scanner = createScanner(text, true);
  const open: number[] = [];
  const written = text.trimEnd().length;
  let end = 0;
  let broken = false;
  for (let kind: number = scanner.scan(); kind !== endOfFile; kind = scanner.scan()) {
    if (kind === openBrace || kind === openBracket) {
      open.push(scanner.getTokenOffset());
      if (open.length > maxDepth) {
        const message = english`Objects and lists are nested more than ${maxDepth} levels deep here: remove the inner brackets.`;
        return syntaxProblem('tooDeep', message, lines, scanner.getTokenOffset(), 1);
      }
    } else if (kind === closeBrace || kind === closeBracket) {
      const opening = text[open.pop() ?? -1];
      broken ||= opening !== (kind === closeBrace ? '{' : '[');
    }
    end = scanner.getTokenOffset() + scanner.getTokenLength();
    const error: number = scanner.getTokenError();
    broken ||= error !== 0 && end < written;
  }
  const unclosed = open.at(-1);
  if (unclosed === undefined || broken) return undefined;
  const what = text[unclosed] === '{' ? english`the object` : english`the list`;
  const closing = text[unclosed] === '{' ? '}' : ']';
  const message = english`The file ends inside ${what} opened on line ${formatExact(lines.place(unclosed, 1).line)}: a "${closing}", or the rest of the file, is missing.`;
  return syntaxProblem('truncated', message, lines, Math.max(0, end - 1), 1);
}

function syntaxMessage(error: ParseError, found: string): string {
  const code = printParseErrorCode(error.error);
  switch (code) {
    case 'InvalidSymbol':
      // As a word processor writes them.
      if (/^[\u2018-\u201f«»]/.test(found))
        return english`${found} is not valid JSON: write straight double quotes, such as "data".`;
      return english`${found} is not valid JSON: write a key or a string in double quotes, a number, true, false, null, an object or a list.`;
    case 'InvalidNumberFormat':
    case 'UnexpectedEndOfNumber':
      return english`This is not a valid JSON number: write digits with at most one point, such as 0.5 or 1e-3.`;
    case 'PropertyNameExpected':
      return english`A key is expected here: write it in double quotes, such as "data".`;
    case 'ValueExpected':
      return english`A value is missing here: write a number, a string in double quotes, true, false, null, an object or a list.`;
    case 'ColonExpected':
      return english`A ":" is missing between key and value.`;
    case 'CommaExpected':
      return english`A "," is missing before this.`;
    case 'CloseBraceExpected':
      return english`A "}" is missing here.`;
    case 'CloseBracketExpected':
      return english`A "]" is missing here.`;
    case 'EndOfFileExpected':
      return english`Unexpected text after the end of the experiment: delete it, or move it inside the braces.`;
    case 'InvalidCommentToken':
    case 'UnexpectedEndOfComment':
      return english`This comment is not terminated: close it with "*/".`;
    case 'UnexpectedEndOfString':
      return english`This string is not terminated on its line: close it with a double quote.`;
    case 'InvalidUnicode':
    case 'InvalidEscapeCharacter':
      return english`Invalid escape sequence in this string: write "\\\\" for a backslash.`;
    case 'InvalidCharacter':
      return english`This string contains a control character: write it as an escape, such as \\n or \\t.`;
    case '<unknown ParseErrorCode>':
      return english`This is not JSON: look for a missing comma, quote or bracket.`;
    default:
      return code satisfies never;
  }
}
