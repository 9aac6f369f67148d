import * as z from 'zod';
import { quoteAll } from '../../text/quoting';
import { describe, requiredInteger } from './fields';
import { openCells, type OpenCell } from './openCells';

const most = 1_000_000_000;

/** Where the panel of a freshly trained run opens; it never changes a number. */
export const openSchema = z
  .strictObject(
    {
      update: requiredInteger(
        {
          title: 'Update',
          text: 'The update that the panel selects once it is trained, from 0; beyond the last one, the last.',
        },
        0,
        most,
      ).optional(),
      cell: z
        .enum(Object.keys(openCells) as [OpenCell, ...OpenCell[]], {
          error: `write one of ${quoteAll(Object.keys(openCells))}, or delete the key`,
        })
        .optional()
        .meta({
          ...describe({ title: 'Cell', text: 'The cell of the notebook to which the panel scrolls.' }),
          markdownEnumDescriptions: Object.values(openCells),
        }),
      step: requiredInteger(
        { title: 'Step', text: 'The time step that the panel selects, from 0.' },
        0,
        most,
      ).optional(),
      sequence: requiredInteger(
        { title: 'Sequence', text: 'The sequence of the batch that the panel shows, from 0.' },
        0,
        most,
      ).optional(),
    },
    { error: 'write an object such as { "update": 0, "cell": "unrolled" }, or delete the key' },
  )
  .optional()
  .meta(
    describe({
      title: 'Open at',
      text: 'Where the panel of a freshly trained run opens: an update, a time step, a sequence and a cell of the notebook, all optional. It has no effect on training.',
    }),
  );
