import type { ReadingTool } from '../../../tools/toolNames';

/** A tool that is asked once. */
export interface ToolCall {
  readonly name: ReadingTool;
  /** JSON as it was typed. */
  readonly input: string;
  /** Absolute path of the folder whose runs are read. */
  readonly workspace: string;
  /** In bytes. */
  readonly memoryLimit: number;
}

/** A server of the Model Context Protocol. */
export interface McpRequest {
  /** Absolute path: the runs and experiments in it are offered, and nothing outside is read. */
  readonly workspace: string;
  /** Options of the runner that every training and replay gets. */
  readonly options: readonly string[];
}
