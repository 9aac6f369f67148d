import { workspace, type Uri } from 'vscode';
import { settings } from './ids';
import { machineMemory } from './machine.node';

const mebibyte = 1024 * 1024;

/** Bytes a run may use: the setting, or half of this machine's memory where the setting is 0. */
export function memoryLimit(scope: Uri): number {
  const mib = workspace.getConfiguration(settings.section, scope).get<number>(settings.memoryLimitMiB, 0);
  return mib > 0 ? mib * mebibyte : machineMemory() / 2;
}

/** Whether runs keep their records in a folder beside the experiment. */
export function keepsRecords(scope: Uri): boolean {
  return workspace.getConfiguration(settings.section, scope).get<boolean>(settings.keepRecords, true);
}
