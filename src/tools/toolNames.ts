/** The names of the tools that only read: the same for the language models of VS Code and for MCP. */
export const readingTools = [
  'unroll_list_runs',
  'unroll_diagnose_run',
  'unroll_explain_update',
  'unroll_compare_runs',
] as const;

/** The name of the tool that trains: a person is asked before it starts. */
export const trainTool = 'unroll_train';

/** The names of the tools, in the order in which they are listed. */
export const toolNames = [...readingTools, trainTool] as const;

export type ReadingTool = (typeof readingTools)[number];
export type ToolName = (typeof toolNames)[number];
