import { commands as registry, ExtensionMode, window, type Disposable, type ExtensionContext } from 'vscode';
import { commands, walkthrough } from '../platform/ids';

/** Whether the walkthrough was opened by itself before, on this machine. */
const openedKey = 'walkthroughOpened';

/**
 * Registers the command that opens the walkthrough. It is also opened by itself, once, in the first window that has no
 * editor open: VS Code itself does so only where an extension is installed in a window.
 */
export function registerWalkthrough({ extension, extensionMode, globalState }: ExtensionContext): Disposable {
  const open = async (): Promise<void> => {
    await registry.executeCommand('workbench.action.openWalkthrough', `${extension.id}#${walkthrough}`, false);
  };
  const isNew = globalState.get<boolean>(openedKey) !== true;
  if (extensionMode === ExtensionMode.Production && isNew) {
    void globalState.update(openedKey, true);
    if (window.tabGroups.all.every(({ tabs }) => tabs.length === 0)) void open();
  }
  return registry.registerCommand(commands.getStarted, open);
}
