import { basename, relative, sep } from 'node:path';
import { McpServer, type CallToolResult, type ServerContext } from '@modelcontextprotocol/server';
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { reasonOf } from '../../../protocol/channel';
import { newRunFolder } from '../../../run/storage/runFolder';
import { formatCount } from '../../../text/numbers';
import { quote } from '../../../text/quoting';
import { withoutControls } from '../../../text/plainText';
import { toolDefinitions, toolInputs, type ToolInput } from '../../../tools/toolDefinitions';
import { toolNames, trainTool, type ReadingTool } from '../../../tools/toolNames';
import { parseCommandLine } from '../commandLine/commandLine.node';
import { openExperiment } from '../openedExperiment.node';
import { runChild } from '../childRunner.node';
import { pathWithin, realWorkspace } from './storedRuns.node';
import type { McpRequest } from './toolRequests';
import { Turns } from './turns';

/** The program that answers, and its version. */
interface Runner {
  /** Absolute path. */
  readonly program: string;
  readonly version: string;
}

const instructions =
  'Unroll trains recurrent networks (vanilla RNN, LSTM, GRU) on experiments, *.rnn.json files, and keeps every run in a folder with its numbers. List runs first; name a run by its folder. Quote the measured number, its threshold and the key of the experiment when you explain a finding.';

/** Milliseconds between two reports of progress. */
const progressInterval = 500;

/**
 * Serves the tools over stdin and stdout until stdin ends. Each call is a command of the runner, in a process of its own.
 *
 * @returns `refused` where there is no folder to serve, and `failed` where the connection ended otherwise, as by a message
 *   that is too large
 */
export async function serveMcp(
  { workspace, options }: McpRequest,
  { program, version }: Runner,
): Promise<'finished' | 'refused' | 'failed'> {
  const say = (message: string): void => void process.stderr.write(`${withoutControls(message)}\n`);
  let root: string;
  try {
    root = await realWorkspace(workspace);
  } catch (error) {
    say(reasonOf(error));
    return 'refused';
  }
  const calls = new ToolCalls(root, options, program);
  const transport = new StdioServerTransport();
  // The connection may close by itself, and nothing else would end the calls and the process then.
  const closed = new Promise<'failed'>((resolve) => {
    const close = transport.close.bind(transport);
    transport.close = () => {
      resolve('failed');
      return close();
    };
  });
  const server = serveStdio(
    () => {
      const made = new McpServer({ name: 'unroll', title: 'Unroll', version }, { instructions });
      for (const name of toolNames) {
        const { title, description } = toolDefinitions[name];
        // Clients ask a person before a tool that does more than read.
        const isReading = name !== trainTool;
        const annotations = {
          ...{ title, readOnlyHint: isReading, destructiveHint: false },
          ...{ idempotentHint: isReading, openWorldHint: false },
        };
        const config = { title, description, annotations, inputSchema: toolInputs[name] };
        made.registerTool(name, config, (input: object, context: ServerContext) =>
          name === trainTool
            ? calls.train(input as ToolInput<'unroll_train'>, context)
            : calls.read(name, input, context),
        );
      }
      return made;
    },
    {
      transport,
      onerror: (error) => {
        say(reasonOf(error));
      },
    },
  );
  const ended = new Promise<'finished'>((resolve) => {
    for (const event of ['close', 'end'] as const) {
      process.stdin.prependOnceListener(event, () => {
        resolve('finished');
      });
    }
  });
  const end = await Promise.race([ended, closed]);
  calls.end();
  await server.close();
  return end;
}

/** Commands of a kind that run at the same time: each is a process with memory of its own. */
const mostCommands = 4;

/** Answers calls by commands of the runner. */
class ToolCalls {
  readonly #ended = new AbortController();
  readonly #trainings = new Turns(mostCommands);
  readonly #readings = new Turns(mostCommands);

  constructor(
    readonly workspace: string,
    readonly options: readonly string[],
    readonly program: string,
  ) {}

  /** Interrupts what is being answered: a training is saved. */
  end(): void {
    this.#ended.abort();
  }

  async read(name: ReadingTool, input: object, { mcpReq }: ServerContext): Promise<CallToolResult> {
    return resultOf(() => this.#answer(name, input, mcpReq.signal));
  }

  async train({ file, variant, seed }: ToolInput<'unroll_train'>, { mcpReq }: ServerContext): Promise<CallToolResult> {
    return resultOf(async () => {
      const path = await pathWithin(this.workspace, file, 'a *.rnn.json file');
      if (!/\.rnn\.json$/i.test(path)) throw new Error(`${quote(basename(path))} is no *.rnn.json file.`);
      const folder = newRunFolder(path, variant, new Date(), undefined, seed);
      const args = [
        ...['train', path, '--json', '--out', folder, '--workspace', this.workspace],
        ...(variant === undefined ? [] : [`--variant=${variant}`]),
        ...(seed === undefined ? [] : ['--seed', String(seed)]),
        ...this.options,
      ];
      await refuseSeveralSeeds(args, this.workspace);
      const report = progressReports(mcpReq);
      const { code, messages } = await this.#run(this.#trainings, args, report, mcpReq.signal);
      const run = relative(this.workspace, folder).split(sep).join('/');
      const answer = await this.#answer('unroll_diagnose_run', { run }, this.#ended.signal).catch(() => undefined);
      // Without a run its messages say what is wrong, each at its place in the file.
      if (answer === undefined) throw new Error(messages === '' ? 'The training ended without a message.' : messages);
      return { ...answer, exitCode: code ?? null };
    });
  }

  async #answer(name: ReadingTool, input: object, signal: AbortSignal): Promise<object> {
    const lines: string[] = [];
    const args = ['tool', name, JSON.stringify(input), '--workspace', this.workspace, ...this.#memoryOptions];
    const { code, messages } = await this.#run(this.#readings, args, (line) => lines.push(line), signal);
    if (code !== 0)
      throw new Error(messages === '' ? `The answer ended with exit code ${code ?? 'of a signal'}.` : messages);
    return JSON.parse(lines.join('\n')) as object;
  }

  /** Of the options, those that a command that only reads has. */
  get #memoryOptions(): readonly string[] {
    const at = this.options.indexOf('--memory');
    return at < 0 ? [] : this.options.slice(at, at + 2);
  }

  #run(
    turns: Turns,
    args: readonly string[],
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): ReturnType<typeof runChild> {
    const ended = AbortSignal.any([signal, this.#ended.signal]);
    return turns.run(() => runChild(this.program, args, onLine, ended), ended);
  }
}

/**
 * @throws StartError where the experiment is invalid, or would be trained with several seeds: a call answers one run
 */
async function refuseSeveralSeeds(args: readonly string[], folder: string): Promise<void> {
  const request = parseCommandLine(args, folder);
  if (request.kind !== 'train') return;
  const { seeds } = await openExperiment(request.commandLine);
  if (seeds.length > 1 && request.commandLine.seed === undefined) {
    throw new Error(
      `The experiment has ${formatCount(seeds.length, 'seed')}: ${seeds.join(', ')}. Name one as "seed".`,
    );
  }
}

/** The result of a call: its answer as JSON, or the reason why there is none, which the model can read and act on. */
async function resultOf(answer: () => Promise<object>): Promise<CallToolResult> {
  try {
    const value = await answer();
    return {
      content: [{ type: 'text', text: JSON.stringify(value) }],
      structuredContent: value,
    };
  } catch (error) {
    return { isError: true, content: [{ type: 'text', text: withoutControls(reasonOf(error)) }] };
  }
}

/** Takes the lines of a training and reports its progress, where the client asked for it. */
function progressReports({ _meta, notify }: ServerContext['mcpReq']): (line: string) => void {
  const progressToken = _meta?.progressToken;
  let reported = 0;
  return (line) => {
    const now = Date.now();
    if (progressToken === undefined || now - reported < progressInterval) return;
    const update = updateOf(line);
    if (update === undefined) return;
    reported = now;
    const params = { progressToken, progress: update.step + 1, message: `loss ${update.loss}` };
    // A client that has gone needs no progress.
    void notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}

function updateOf(line: string): { readonly step: number; readonly loss: number } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The last line of a process that was killed may be cut.
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('step' in value) || !('loss' in value)) return undefined;
  const { step, loss } = value;
  return typeof step === 'number' && typeof loss === 'number' ? { step, loss } : undefined;
}
