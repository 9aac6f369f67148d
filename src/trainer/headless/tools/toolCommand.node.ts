import { reasonOf } from '../../../protocol/channel';
import { answerTool, checkInput } from '../../../tools/answers';
import { printerTo, type HeadlessEnd } from '../closingMessages';
import { realWorkspace, StoredRuns } from './storedRuns.node';
import type { ToolCall } from './toolRequests';

/** Answers a tool with one line of JSON on stdout; what is wrong is a message on stderr. */
export async function answerOnce(
  { name, input, workspace, memoryLimit }: ToolCall,
  stdout: NodeJS.WritableStream,
  stderr: NodeJS.WritableStream,
): Promise<HeadlessEnd> {
  try {
    const runs = new StoredRuns(await realWorkspace(workspace), memoryLimit);
    const answer = await answerTool(name, checkInput(name, parsed(input)), runs);
    stdout.write(`${JSON.stringify(answer)}\n`);
    return 'finished';
  } catch (error) {
    printerTo(stderr)(reasonOf(error));
    return 'refused';
  }
}

function parsed(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch (error) {
    throw new Error(`The input is no JSON: ${reasonOf(error)}. Write an object, such as '{"run":"unroll-runs/NAME"}'.`);
  }
}
