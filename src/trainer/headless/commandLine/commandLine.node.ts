import { CommandLineError, optionTakenByNpm, readWords } from './commandLineWords.node';
import {
  comparedRuns,
  importedLogs,
  sharedRuns,
  type ComparedRuns,
  type ImportedLogs,
  type SharedRuns,
} from './readingCommandLine.node';
import { sweepOf, type Sweep } from './sweepCommandLine.node';
import { mcpRequest, toolCall } from './toolCommandLine.node';
import type { McpRequest, ToolCall } from '../tools/toolRequests';
import { commandLineOf, commandNames, type CommandLine } from './trainingCommandLine.node';

/** What a command line asks for. */
export type Request =
  | { readonly kind: 'train'; readonly commandLine: CommandLine }
  | { readonly kind: 'compare'; readonly compared: ComparedRuns }
  | { readonly kind: 'share'; readonly shared: SharedRuns }
  | { readonly kind: 'import'; readonly imported: ImportedLogs }
  | { readonly kind: 'sweep'; readonly sweep: Sweep }
  | { readonly kind: 'tool'; readonly call: ToolCall }
  | { readonly kind: 'mcp'; readonly server: McpRequest }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

/**
 * Parses a command line.
 *
 * @param folder base of relative paths
 * @param env the environment, in which npm passes on the options that it took for itself
 * @throws CommandLineError
 */
export function parseCommandLine(
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Request {
  const words = readWords(args);
  const { values, flags } = words;
  if (flags.has('help')) return { kind: 'help' };
  if (flags.has('version')) return { kind: 'version' };
  const taken = optionTakenByNpm(env);
  if (taken !== undefined) {
    throw new CommandLineError(
      `npm took --${taken} for itself. Write -- before the file: npm run train -- FILE --${taken} …`,
    );
  }
  const command = commandNames.find((name) => name === words.others[0]);
  const others = command === undefined ? words.others : words.others.slice(1);
  if (command === 'compare') return { kind: 'compare', compared: comparedRuns({ ...words, others }, folder) };
  if (command === 'share') return { kind: 'share', shared: sharedRuns({ ...words, others }, folder) };
  if (command === 'import') return { kind: 'import', imported: importedLogs({ ...words, others }, folder) };
  if (values.curve !== undefined) throw new CommandLineError('--curve is for the command "import". Remove it.');
  if (command === 'tool') return { kind: 'tool', call: toolCall({ ...words, others }, folder) };
  if (command === 'mcp') return { kind: 'mcp', server: mcpRequest({ ...words, others }, folder) };
  if (command === 'sweep') return { kind: 'sweep', sweep: sweepOf({ ...words, others }, folder) };
  return { kind: 'train', commandLine: commandLineOf(command, { ...words, others }, folder) };
}
