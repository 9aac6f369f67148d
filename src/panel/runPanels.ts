import { Uri, ViewColumn, window, type Disposable, type WebviewPanel, type WebviewPanelSerializer } from 'vscode';
import * as z from 'zod';
import { panelViewType } from '../platform/ids';
import type { Target } from '../session/sessions';
import { webviewRoot } from './page';
import { RunPanel, type RunPanelParts } from './runPanel';

const restoredState = z.object({ uri: z.string(), variant: z.string().optional() });

/** All panels, one an experiment; brings them back after a window reload. */
export class RunPanels implements Disposable, WebviewPanelSerializer {
  readonly #panels = new Map<string, RunPanel>();

  constructor(readonly parts: RunPanelParts) {}

  /** Shows a target beside the editor, in the panel its experiment already has or in a new one. */
  async show(target: Target): Promise<void> {
    const open = this.#panels.get(target.uri.toString());
    if (open !== undefined) {
      open.panel.reveal(undefined, true);
      await open.show(target.variant);
      return;
    }
    const panel = window.createWebviewPanel(
      panelViewType,
      'Unroll',
      { viewColumn: ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [webviewRoot(this.parts.extension)] },
    );
    this.#adopt(panel, target);
  }

  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const restored = restoredState.safeParse(state);
    if (!restored.success) {
      panel.dispose();
      return;
    }
    const { uri, variant } = restored.data;
    panel.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(this.parts.extension)] };
    this.#adopt(panel, { uri: Uri.parse(uri), variant });
    await Promise.resolve();
  }

  dispose(): void {
    for (const { panel } of [...this.#panels.values()]) panel.dispose();
  }

  #adopt(panel: WebviewPanel, target: Target): void {
    const key = target.uri.toString();
    panel.iconPath = {
      light: Uri.joinPath(this.parts.extension, 'media', 'icons', 'experiment-light.svg'),
      dark: Uri.joinPath(this.parts.extension, 'media', 'icons', 'experiment-dark.svg'),
    };
    const view = new RunPanel(panel, target, this.parts);
    this.#panels.set(key, view);
    panel.onDidDispose(() => {
      this.#panels.delete(key);
      view.dispose();
    });
  }
}
