/** What a person has set in the table; restored after a reload of the window. */
export interface TableView {
  readonly filter: string;
  /** The id of the column to sort by, and the direction. */
  readonly sortBy: string;
  readonly isDescending: boolean;
  /** The ids of the shown columns; undefined for the standard ones. */
  readonly columns: readonly string[] | undefined;
  readonly showsHidden: boolean;
}

/** The newest run first. */
export const standardTableView: TableView = {
  filter: '',
  sortBy: 'started',
  isDescending: true,
  columns: undefined,
  showsHidden: false,
};

/** The view of a stored state; invalid values get their default. */
export function restoreTableView(saved: unknown): TableView {
  const view = (saved as { readonly view?: Partial<Record<keyof TableView, unknown>> } | null | undefined)?.view;
  const pick = <Key extends keyof TableView>(key: Key, type: 'string' | 'boolean'): TableView[Key] =>
    typeof view?.[key] === type ? (view?.[key] as TableView[Key]) : standardTableView[key];
  const columns = view?.columns;
  return {
    filter: pick('filter', 'string'),
    sortBy: pick('sortBy', 'string'),
    isDescending: pick('isDescending', 'boolean'),
    columns:
      Array.isArray(columns) && columns.every((id): id is string => typeof id === 'string') ? columns : undefined,
    showsHidden: pick('showsHidden', 'boolean'),
  };
}
