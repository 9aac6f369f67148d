import { commands } from 'vscode';
import type { contextKeys } from './ids';

/** What completes a step of the walkthrough. */
type Completing = Extract<(typeof contextKeys)[keyof typeof contextKeys], `unroll.has${string}`>;

const completed = new Set<Completing>();

/** Completes a step of the walkthrough. */
export function completeStep(key: Completing): void {
  if (completed.has(key)) return;
  completed.add(key);
  void commands.executeCommand('setContext', key, true);
}
