/** An update whose replay is recorded. */
export interface SharedUpdate {
  readonly update: number;
  /** The sequence of its batch that is recorded. */
  readonly sequence: number;
  /** Why this update, as words after its number: first, lowest validation loss. '' for no special reason. */
  readonly reason: string;
}

/** What a page can show of single updates where no trainer can replay the others. */
export interface SharedUpdates {
  /** In the order of the run. */
  readonly updates: readonly SharedUpdate[];
  /** What the sampled texts begin with; undefined where none are sampled. */
  readonly prompt: string | undefined;
}
