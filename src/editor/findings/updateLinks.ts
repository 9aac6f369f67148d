import {
  Location,
  Position,
  TabInputText,
  Uri,
  window,
  workspace,
  type DiagnosticRelatedInformation,
  type Disposable,
  type Tab,
} from 'vscode';
import * as z from 'zod';
import { updateScheme } from '../../platform/ids';
import { relatedInformation } from '../../platform/labels';
import type { Target } from '../../session/sessions';
import { formatExact } from '../../text/numbers';

const linkSchema = z.object({
  uri: z.string(),
  variant: z.string().optional(),
  seed: z.number().optional(),
  update: z.number().int().nonnegative(),
});

/**
 * A link below a diagnostic to the update of a run at which it was found. VS Code opens the link of a diagnostic in an
 * editor, so it leads to a document, in whose place `registerUpdateLinks` shows the panel.
 */
export function linkToUpdate({ uri, variant, seed }: Target, update: number): DiagnosticRelatedInformation {
  const query = JSON.stringify({ uri: uri.toString(), variant, seed, update });
  const link = Uri.from({ scheme: updateScheme, path: `/update ${formatExact(update)}`, query });
  return relatedInformation(new Location(link, new Position(0, 0)), 'Show this update in the panel of the run');
}

/**
 * Shows the panel of a run at an update where a link to it was opened.
 *
 * @param show selects the update of the run
 */
export function registerUpdateLinks(show: (target: Target, update: number) => Promise<void>): Disposable[] {
  const content = 'The update is shown in the panel of the run.';
  return [
    workspace.registerTextDocumentContentProvider(updateScheme, { provideTextDocumentContent: () => content }),
    window.tabGroups.onDidChangeTabs(({ opened, changed }) => {
      for (const tab of [...opened, ...changed]) void follow(tab, show);
    }),
  ];
}

async function follow(tab: Tab, show: (target: Target, update: number) => Promise<void>): Promise<void> {
  const { input } = tab;
  if (!(input instanceof TabInputText) || input.uri.scheme !== updateScheme || !tab.isActive) return;
  const link = parse(input.uri.query);
  await window.tabGroups.close(tab).then(undefined, () => undefined);
  if (link !== undefined) await show({ uri: Uri.parse(link.uri), variant: link.variant, seed: link.seed }, link.update);
}

function parse(query: string): z.infer<typeof linkSchema> | undefined {
  try {
    return linkSchema.safeParse(JSON.parse(query)).data;
  } catch {
    return undefined;
  }
}
