import { formatCount } from './numbers';

const longestShown = 60;
const mostListed = 20;

/** The beginning of a text that may be long, such as a name or a path from a file: at most 60 characters and an ellipsis. */
export function truncate(text: string): string {
  // A surrogate pair is not cut in two.
  return text.length > longestShown ? `${text.slice(0, longestShown).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
}

/** A name, path or value in double quotes, escaped as in JSON and truncated where it is long. */
export function quote(text: string): string {
  return JSON.stringify(truncate(text));
}

/** Names in quotes, separated by commas: at most 20, and the count of the others. */
export function quoteAll(names: readonly string[]): string {
  const more = names.length - mostListed;
  return `${names.slice(0, mostListed).map(quote).join(', ')}${more > 0 ? ` and ${formatCount(more, 'other')}` : ''}`;
}
