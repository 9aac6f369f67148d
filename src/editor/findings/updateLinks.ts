import {
  Location,
  Position,
  TabInputText,
  Uri,
  window,
  workspace,
  type DiagnosticRelatedInformation,
  type Disposable,
} from 'vscode';
import * as z from 'zod/mini';
import { updateScheme } from '../../platform/ids';
import { relatedInformation } from '../../platform/labels';
import { uriText } from '../../platform/uriText';
import type { Target } from '../../session/sessions';
import { formatExact } from '../../text/numbers';
import { translate } from '../../text/translate';

const linkSchema = z.object({
  uri: uriText,
  variant: z.optional(z.string()),
  seed: z.optional(z.number()),
  update: z.int().check(z.nonnegative()),
});

/**
 * A link below a diagnostic to the update of a run at which it was found. VS Code opens the link of a diagnostic in an
 * editor, so it leads to a document, in whose place `registerUpdateLinks` shows the panel.
 */
export function linkToUpdate({ uri, variant, seed }: Target, update: number): DiagnosticRelatedInformation {
  const query = JSON.stringify({ uri: uri.toString(), variant, seed, update });
  const link = Uri.from({ scheme: updateScheme, path: `/update ${formatExact(update)}`, query });
  return relatedInformation(
    new Location(link, new Position(0, 0)),
    translate`Show this update in the panel of the run`,
  );
}

/**
 * Shows the panel of a run at an update where a link to it was opened, in place of the document that VS Code opens.
 *
 * @param show selects the update of the run
 */
export function registerUpdateLinks(show: (target: Target, update: number) => Promise<void>): Disposable[] {
  const content = translate`The update is shown in the panel of the run.`;
  /** The links whose documents are being closed: VS Code reports one opened tab by several events. */
  const followed = new Set<string>();
  const follow = async (uri: Uri): Promise<void> => {
    const name = uri.toString();
    if (followed.has(name)) return;
    followed.add(name);
    try {
      await closeDocument(name);
    } finally {
      followed.delete(name);
    }
    const link = parse(uri.query);
    if (link !== undefined)
      await show({ uri: Uri.parse(link.uri), variant: link.variant, seed: link.seed }, link.update);
  };
  return [
    workspace.registerTextDocumentContentProvider(updateScheme, { provideTextDocumentContent: () => content }),
    window.tabGroups.onDidChangeTabs(({ opened, changed }) => {
      for (const { input, isActive } of [...opened, ...changed])
        if (isActive && input instanceof TabInputText && input.uri.scheme === updateScheme) void follow(input.uri);
    }),
  ];
}

/**
 * Closes the tabs of a document. A tab object is refused where VS Code has replaced it meanwhile, as it does when a
 * preview becomes a permanent editor; the tabs are then looked up again.
 */
async function closeDocument(uri: string): Promise<void> {
  const attempts = 3;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const tabs = window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof TabInputText && input.uri.toString() === uri);
    if (tabs.length === 0) return;
    await window.tabGroups.close(tabs).then(undefined, () => undefined);
  }
}

function parse(query: string): z.infer<typeof linkSchema> | undefined {
  try {
    return linkSchema.safeParse(JSON.parse(query)).data;
  } catch {
    return undefined;
  }
}
