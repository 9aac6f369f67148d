import { formatCount } from './numbers';
import { translate } from './translate';

const maxShownLength = 60;
const maxListed = 20;
/** Characters of a list of names; the first three are listed whatever their length. */
const maxListLength = 400;

/**
 * The beginning of a text that may be long, such as a name or a path from a file: at most 60 characters and an
 * ellipsis.
 */
export function truncate(text: string): string {
  // A surrogate pair is not cut in two.
  return text.length > maxShownLength ? `${text.slice(0, maxShownLength).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
}

/** A name, path or value in double quotes, escaped as in JSON and truncated where it is long. */
export function quote(text: string): string {
  return JSON.stringify(truncate(text));
}

/** A name or path, escaped and truncated as in quotes, but without them. */
export function escapeName(text: string): string {
  return quote(text).slice(1, -1);
}

/** Names in quotes, separated by commas: at most 20 or about 400 characters, and the count of the others. */
export function quoteAll(names: readonly string[]): string {
  const listed: string[] = [];
  let length = 0;
  for (const name of names.slice(0, maxListed)) {
    const quoted = quote(name);
    length += quoted.length + 2;
    if (listed.length >= 3 && length > maxListLength) break;
    listed.push(quoted);
  }
  const more = names.length - listed.length;
  return `${listed.join(', ')}${more > 0 ? translate` and ${formatCount(more, 'other')}` : ''}`;
}
