import { Uri } from 'vscode';
import * as z from 'zod/mini';

/** A URI as text, from a store or a link, which may contain anything: `Uri.parse` throws for some texts. */
export const uriText = z.string().check(z.refine(isUri, 'It is not a URI.'));

function isUri(text: string): boolean {
  try {
    Uri.parse(text);
    return true;
  } catch {
    return false;
  }
}
