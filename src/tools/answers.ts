import { toolInputs, type ToolInput } from './toolDefinitions';
import { quote } from '../text/quoting';
import { compare } from './runComparison';
import { diagnose } from './runDiagnosis';
import type { ReadableRun, ListedRun } from './readableRun';
import { summaryOf } from './runSummary';
import type { ReadingTool, ToolName } from './toolNames';
import { explainUpdate } from './updateExplanation';

/** The runs that tools can be asked about. */
export interface ToolRuns {
  /** The newest first. */
  all(): Promise<readonly ListedRun[]>;
  /** @throws with a readable reason where there is no such run, or it can't be read */
  open(run: string): Promise<ReadableRun>;
}

/** Runs of a list by default. */
const defaultLimit = 20;

/**
 * Answers a tool that only reads, as a value that JSON can hold.
 *
 * @param input checked against the schema of the tool
 * @throws with a readable reason
 */
export async function answerTool<Name extends ReadingTool>(
  name: Name,
  input: ToolInput<Name>,
  runs: ToolRuns,
): Promise<object> {
  const answers: { readonly [Tool in ReadingTool]: (asked: ToolInput<Tool>) => Promise<object> } = {
    unroll_list_runs: (asked) => listRuns(asked, runs),
    unroll_diagnose_run: async ({ run }) => opened(run, runs, diagnose),
    unroll_explain_update: async ({ run, update, sequence = 0 }) =>
      opened(run, runs, (found) => explainUpdate(found, { update, sequence })),
    unroll_compare_runs: async ({ runs: names }) => {
      const twice = names.find((name, index) => names.indexOf(name) < index);
      if (twice !== undefined) throw new Error(`The run ${quote(twice)} is named twice. Name each run once.`);
      const found: ReadableRun[] = [];
      try {
        for (const name of names) found.push(await runs.open(name));
        return await compare(found);
      } finally {
        for (const run of found) run.close();
      }
    },
  };
  return (answers[name] as (asked: ToolInput<Name>) => Promise<object>)(input);
}

async function opened(name: string, runs: ToolRuns, answer: (run: ReadableRun) => Promise<object>): Promise<object> {
  const run = await runs.open(name);
  try {
    return await answer(run);
  } finally {
    run.close();
  }
}

async function listRuns(
  { experiment, limit = defaultLimit }: ToolInput<'unroll_list_runs'>,
  runs: ToolRuns,
): Promise<object> {
  const all = await runs.all();
  const wanted = experiment === undefined ? all : all.filter(({ file }) => file?.endsWith(experiment) === true);
  return { found: wanted.length, runs: wanted.slice(0, limit).map(summaryOf) };
}

/**
 * Checks the input of a tool.
 *
 * @throws with what was found and what is allowed
 */
export function checkInput<Name extends ToolName>(name: Name, input: unknown): ToolInput<Name> {
  const checked = toolInputs[name].safeParse(input);
  if (checked.success) return checked.data as ToolInput<Name>;
  const problems = checked.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new Error(`The input of ${name} is not valid. ${problems.slice(0, 3).join('. ')}.`);
}
