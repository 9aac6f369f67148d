import * as z from 'zod/mini';

/** The longest link that is made and opened, in characters. */
export const maxLinkLength = 8000;

/** Up to this length a link passes through every program known to open links; some cut longer ones. */
export const safeLinkLength = 2000;

/** Most bytes of what a link holds: it is compressed, and a short link could otherwise fill the memory. */
const maxContentBytes = 64 * 1024;

/** The version of the content, in every link. */
const version = '1';

const count = z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER));
const word = z.string().check(z.maxLength(100));
const words = z.array(word).check(z.maxLength(60));
const range = z.tuple([z.number(), z.number()]);

/** The settings of a page that a link keeps: where a person looks, and not what was measured or typed there. */
const viewKeys = {
  selection: z.object({ update: count, t: z.optional(count) }),
  sequence: count,
  layer: count,
  unit: count,
  output: count,
  heldOutSequence: count,
  smoothing: count,
  quantity: word,
  parameter: word,
  net: word,
  node: word,
  gradientNode: word,
  validationMeasure: word,
  stateColour: word,
  lossAxis: word,
  presented: word,
  range,
  stepRange: range,
  folded: words,
  helpOpen: words,
  tablesOpen: words,
};

const viewSchema = z.partial(z.strictObject(viewKeys));

/** See viewKeys; the page checks each value again. */
export type LinkedView = z.infer<typeof viewSchema>;

const contentSchema = z.strictObject({
  text: z.string().check(z.minLength(2)),
  variant: z.optional(z.string().check(z.maxLength(1000))),
  seed: z.optional(count),
  view: z.optional(viewSchema),
});

/** What a link holds. */
export interface LinkedExperiment {
  /** The text of an experiment file. */
  readonly text: string;
  readonly variant?: string | undefined;
  readonly seed?: number | undefined;
  readonly view?: LinkedView | undefined;
}

/** The part of a page's view that a link keeps; what does not fit is left out. */
export function linkedView(view: Readonly<Record<string, unknown>>): LinkedView {
  const kept = Object.entries(viewKeys).flatMap(([key, schema]) => {
    const { data } = schema.safeParse(view[key]);
    return data === undefined ? [] : [[key, data] as const];
  });
  return viewSchema.parse(Object.fromEntries(kept));
}

/** The query of a link. */
export async function writeLinkQuery({ text, variant, seed, view }: LinkedExperiment): Promise<string> {
  const content = new Blob([JSON.stringify({ text, variant, seed, view })]);
  const stream = content.stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return `v=${version}&e=${base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}

/**
 * What the query of a link holds. Anybody can have written it: its length is checked before and while it is decompressed,
 * and its form before anything is made of it. The experiment in it is still to be checked.
 *
 * @throws with a sentence for the person who opened the link
 */
export async function readLinkQuery(query: string): Promise<LinkedExperiment> {
  if (query.length > maxLinkLength) throw new Error('The link is too long.');
  const [, written, encoded] = /^v=(\d{1,6})&e=([\w-]+)$/.exec(query) ?? [];
  if (written === undefined || encoded === undefined) throw new Error('The link is incomplete. Copy all of it.');
  if (written !== version) throw new Error('The link is of another version of Unroll.');
  // What was read so far says nothing to the person.
  const content = await contentOf(encoded).catch(() => undefined);
  const { data } = contentSchema.safeParse(content);
  if (data === undefined) throw new Error('The link is damaged, or was not made by Unroll.');
  return data;
}

/** @throws where it can't be decompressed or is no JSON */
async function contentOf(encoded: string): Promise<unknown> {
  const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
  const compressed = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const reader = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const bytes = new Uint8Array(maxContentBytes);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (length + value.length > maxContentBytes) {
      await reader.cancel();
      throw new Error('It is too long.');
    }
    bytes.set(value, length);
    length += value.length;
  }
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length)));
}
