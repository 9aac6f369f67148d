import { resolve } from 'node:path';
import { quote, quoteAll } from '../../../text/quoting';
import { readingTools } from '../../../tools/toolNames';
import {
  CommandLineError,
  memoryLimitIn,
  refuseOptions,
  wholeNumber,
  type CommandLineWords,
} from './commandLineWords.node';
import type { McpRequest, ToolCall } from '../tools/toolRequests';

/** The folder whose runs tools read: `--workspace`, else the one that the command was called from. */
function workspaceOf({ values }: CommandLineWords, folder: string): string {
  return resolve(folder, values.workspace?.at(-1) ?? '.');
}

/** What `tool NAME JSON` asks for. @throws CommandLineError */
export function toolCall(words: CommandLineWords, folder: string): ToolCall {
  refuseOptions(words, ['workspace', 'memory', 'json'], '"tool" reads runs');
  const [name, input = '{}', ...more] = words.others;
  const known = readingTools.find((tool) => tool === name);
  if (known === undefined) {
    const found = name === undefined ? '' : `; found ${quote(name)}`;
    throw new CommandLineError(`Which tool? Name one of ${readingTools.join(', ')}${found}.`);
  }
  if (more.length > 0) {
    throw new CommandLineError(`A tool takes one input: found also ${quoteAll(more)}. Put the JSON in quotes.`);
  }
  return { name: known, input, workspace: workspaceOf(words, folder), memoryLimit: memoryLimitIn(words) };
}

/** What `mcp DIR` asks for. @throws CommandLineError */
export function mcpRequest(words: CommandLineWords, folder: string): McpRequest {
  refuseOptions(words, ['workspace', 'memory', 'workers', 'reproducible'], '"mcp" serves tools');
  const [workspace, ...more] = words.others;
  if (more.length > 0) throw new CommandLineError(`Only one folder is served: found also ${quoteAll(more)}.`);
  if (workspace !== undefined && words.values.workspace !== undefined) {
    throw new CommandLineError('The folder and --workspace name the same. Remove one of the two.');
  }
  const [memory, workers] = [words.values.memory?.at(-1), words.values.workers?.at(-1)];
  wholeNumber('--memory', memory, 1, 'a whole number of MiB');
  wholeNumber('--workers', workers, 1);
  return {
    workspace: workspace === undefined ? workspaceOf(words, folder) : resolve(folder, workspace),
    options: [
      ...(memory === undefined ? [] : ['--memory', memory]),
      ...(workers === undefined ? [] : ['--workers', workers]),
      ...(words.flags.has('reproducible') ? ['--reproducible'] : []),
    ],
  };
}
