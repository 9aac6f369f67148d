import { nodeProgram } from './machine.node';
import { showInformationMessage } from './messages';
import { translate } from '../text/translate';

/** Whether a command can't run because a browser has neither a disk nor programs; then it says so. */
export function isWithoutDisk(command: string): boolean {
  if (nodeProgram !== undefined) return false;
  void showInformationMessage(
    translate`“${command}” needs the disk of a computer, which a browser does not give. Open the folder in VS Code on a computer.`,
  );
  return true;
}
