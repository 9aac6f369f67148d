/** The ending of the name of an experiment file. */
export const experimentExtension = '.rnn.json';

/** A path with the ending of an experiment, once: save dialogs add an ending to names such as weather.json. */
export function experimentPath(path: string): string {
  return `${path.replace(/(?:(?:\.rnn)?\.json|\.rnn)+$/i, '')}${experimentExtension}`;
}
