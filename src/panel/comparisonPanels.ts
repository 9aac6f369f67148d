import type { Memento, WebviewPanel } from 'vscode';
import * as z from 'zod/mini';
import { completeStep } from '../platform/completedSteps';
import { comparisonViewType, contextKeys } from '../platform/ids';
import { ComparisonPanel, type ComparisonParts } from './comparisonPanel';
import type { PanelKind } from './openPanels';
import type { PageView } from './pageViews';
import { Panels } from './panels';
import { saveSubject, savedSubjectSchema, keyOf, restoreSubject, type Subject } from './subject';

const maxCompared = 100;
const comparisonSchema = z.object({
  subjects: z.array(savedSubjectSchema).check(z.minLength(1), z.maxLength(maxCompared)),
});
type SavedComparison = Readonly<z.infer<typeof comparisonSchema>>;

const comparisonKind: PanelKind<SavedComparison> = {
  viewType: comparisonViewType,
  storeKey: 'unroll.openComparisons',
  viewsKey: 'unroll.comparisonViews',
  schema: comparisonSchema,
  keyOf: ({ subjects }) => keyOfAll(subjects.map(restoreSubject)),
};

/** All comparisons of the window; the same runs are compared in one panel only. */
export class ComparisonPanels extends Panels<SavedComparison, ComparisonPanel> {
  /** @param store of the workspace */
  constructor(
    readonly parts: ComparisonParts,
    store: Memento,
  ) {
    super(comparisonKind, store, parts.extension);
  }

  /** Shows a comparison in the panel it already has, or in a new one. */
  show(subjects: readonly Subject[]): void {
    completeStep(contextKeys.hasCompared);
    this.reveal({ subjects: subjects.map(saveSubject) });
  }

  /** Shares the comparison in the panel that is in front; false where no comparison is. */
  shareActive(): boolean {
    const active = this.active;
    if (active !== undefined) void active.share();
    return active !== undefined;
  }

  protected override fill(
    panel: WebviewPanel,
    shown: SavedComparison,
    view: PageView,
    note: (shown: SavedComparison, title: string) => void,
  ): ComparisonPanel {
    return new ComparisonPanel(panel, shown.subjects.map(restoreSubject), this.parts, view, (title) => {
      note(shown, title);
    });
  }
}

function keyOfAll(subjects: readonly Subject[]): string {
  const one = (subject: Subject): string =>
    subject.kind === 'experiment'
      ? JSON.stringify([keyOf(subject), subject.target.variant, subject.target.seed])
      : keyOf(subject);
  return JSON.stringify(subjects.map(one).sort());
}
