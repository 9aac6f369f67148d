import { Range, type CodeLens, type CodeLensProvider, type TextDocument } from 'vscode';
import { commands } from '../platform/ids';
import { codeLens } from '../platform/labels';
import { isShort } from './experimentCheck';
import { translate } from '../text/translate';

/** A lens above each path of a table, which previews it; also while the experiment has problems. */
export class TableLenses implements CodeLensProvider {
  async provideCodeLenses(document: TextDocument): Promise<CodeLens[]> {
    if (!isShort(document)) return [];
    const { tableKeys } = await import('../experiment/writtenTable');
    return tableKeys(document.getText()).map(({ variant, offset }) => {
      const place = document.positionAt(offset);
      return codeLens(new Range(place, place), {
        title: translate`Preview Table`,
        command: commands.previewTable,
        tooltip: translate`Show the first rows as the experiment reads them, with what each key does`,
        arguments: [document.uri.toString(), variant],
      });
    });
  }
}
