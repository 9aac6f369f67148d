import * as z from 'zod';
import { formatExact } from '../../text/numbers';
import { quoteAll } from '../../text/quoting';
import { describe, requiredNumber, type KeyDescription, type Range } from './fields';
import { findingCodes } from './findingCodes';

/** How the values of an expectation are named in an example. */
interface Limit {
  readonly key: string;
  readonly text: string;
  readonly range: Range;
}

const titles: Readonly<Record<string, string>> = {
  ...{ above: 'Above', below: 'Below', atLeast: 'At least', atMost: 'At most' },
};

type Limits<Key extends string> = z.ZodOptional<z.ZodObject<Record<Key, z.ZodOptional<z.ZodNumber>>, z.core.$strict>>;

/** An object with a lower limit, an upper limit or both; `lower` and `upper` in this order. */
function limits<Lower extends string, Upper extends string>(
  description: KeyDescription,
  lower: Limit & { readonly key: Lower },
  upper: Limit & { readonly key: Upper },
  example: string,
): Limits<Lower | Upper> {
  const shape = Object.fromEntries(
    [upper, lower].map(({ key, text, range }) => [
      key,
      requiredNumber({ title: titles[key] ?? key, text }, range).optional(),
    ]),
  ) as Record<Lower | Upper, z.ZodOptional<z.ZodNumber>>;
  return z
    .strictObject(shape, { error: `write an object such as ${example}, or delete the key` })
    .check(({ value, issues }) => {
      const found = value as Partial<Record<string, number>>;
      const [least, most] = [found[lower.key], found[upper.key]];
      // A key that is unknown is reported; it may be meant as one of the two.
      if (least === undefined && most === undefined && issues.length === 0) {
        const message = `write "${upper.key}", "${lower.key}" or both, such as ${example}`;
        issues.push({ code: 'custom', path: [], input: value, message });
      }
      if (least === undefined || most === undefined) return;
      const isOpen = lower.key === 'above';
      if (least < most || (!isOpen && least === most)) return;
      const message = `no number is ${wordsOf(lower.key)} ${formatExact(least)} and ${wordsOf(upper.key)} ${formatExact(most)}; write a smaller "${lower.key}" or a larger "${upper.key}"`;
      issues.push({ code: 'custom', path: [lower.key], input: least, message });
    })
    .optional()
    .meta({
      ...describe(description),
      defaultSnippets: [{ label: example, body: JSON.parse(example) as unknown }],
    });
}

function wordsOf(key: string): string {
  return key === 'atLeast' ? 'at least' : key === 'atMost' ? 'at most' : key;
}

function loss(title: string, text: string) {
  return limits(
    { title, text },
    { key: 'above', text: 'The loss must be higher than this value.', range: { from: 0 } },
    { key: 'below', text: 'The loss must be lower than this value.', range: { from: 0, above: true } },
    '{ "below": 0.05 }',
  );
}

function share(title: string, text: string, range: Range, example: string) {
  return limits(
    { title, text },
    { key: 'atLeast', text: 'It must be this value or higher.', range },
    { key: 'atMost', text: 'It must be this value or lower.', range },
    example,
  );
}

const part: Range = { from: 0, to: 1 };

const codesAdvice = `write a list of codes of findings, such as ["vanishOverTime"]; the codes are ${quoteAll(findingCodes)}`;
const codes = (description: KeyDescription) =>
  z
    .array(z.enum(findingCodes, { error: `write one of ${quoteAll(findingCodes)}` }), { error: codesAdvice })
    .min(1, { error: codesAdvice })
    .optional()
    .meta({ ...describe(description), uniqueItems: true });

const findings = z
  .union(
    [
      z.enum(['none'], { error: 'write "none"' }),
      z
        .strictObject({
          absent: codes({ title: 'Absent', text: 'Codes of findings that the run must not have.' }),
          present: codes({
            title: 'Present',
            text: 'Codes of findings that the run must have: for an experiment that shows what goes wrong.',
          }),
        })
        .check(({ value, issues }) => {
          const { absent = [], present = [] } = value;
          if (absent.length + present.length === 0 && issues.length === 0) {
            const message = 'write "absent", "present" or both, such as { "absent": ["vanishOverTime"] }';
            issues.push({ code: 'custom', path: [], input: value, message });
          }
          const index = present.findIndex((code) => absent.includes(code));
          if (index < 0) return;
          const message = 'the same code is in "absent", and no run can meet both; delete one of the two';
          issues.push({ code: 'custom', path: ['present', index], input: present[index], message });
        }),
    ],
    { error: 'write "none", { "absent": ["vanishOverTime"] } or { "present": ["vanishOverTime"] }, or delete the key' },
  )
  .optional()
  .meta({
    ...describe({
      title: 'Findings',
      text: 'The findings at the end of the run. `"none"`: it has none of any level, hints included. `{ "absent": […], "present": […] }`: it has none with these codes, and one with each of those.',
    }),
    defaultSnippets: [
      { label: 'none', body: 'none' },
      { label: 'absent', body: { absent: ['${1:vanishOverTime}'] } },
      { label: 'present', body: { present: ['${1:vanishOverTime}'] } },
    ],
  });

const baselines = {
  persistence: 'The held-out loss of repeating the last known row.',
  constant: 'The loss of the best constant answer, which knows nothing of time.',
} as const;
const baselineNames = ['persistence', 'constant'] as const;

/** What must hold at the end of a run. It never changes a number of the run. */
export const expectSchema = z
  .strictObject(
    {
      loss: loss('Training loss', 'The training loss of the last update.'),
      validationLoss: loss('Validation loss', 'The validation loss after the last update.'),
      bestValidationLoss: loss('Lowest validation loss', 'The lowest validation loss of the run.'),
      accuracy: share(
        'Accuracy',
        'The share of the held-out targets whose class the net predicts, after the last update, from 0 to 1.',
        part,
        '{ "atLeast": 0.9 }',
      ),
      betterThan: z
        .enum(baselineNames, { error: `write one of ${quoteAll(baselineNames)}, or delete the key` })
        .optional()
        .meta({
          ...describe({
            title: 'Better than a baseline',
            text: 'The validation loss after the last update is lower than that of this prediction without a net.',
          }),
          markdownEnumDescriptions: Object.values(baselines),
        }),
      gradientAtStart: share(
        'Gradient at the first step',
        '‖∂L/∂h_0‖ divided by the ‖∂L/∂h_t‖ of the last step that has a gradient, in the top layer, at the last update with series through time (`record.every`).',
        { from: 0 },
        '{ "atLeast": 0.001 }',
      ),
      clipped: share(
        'Clipped updates',
        'The share of all updates whose gradient was changed by clipping, from 0 to 1.',
        part,
        '{ "atMost": 0.1 }',
      ),
      findings,
      diverges: z
        .boolean({ error: 'write true or false, or delete the key' })
        .optional()
        .meta(
          describe({
            title: 'Divergence',
            text: '`false`: no value of the run stops being finite. `true`: one does, for an experiment that shows it. A run that diverges meets no other expectation about its numbers.',
          }),
        ),
    },
    {
      error: 'write an object such as { "validationLoss": { "below": 0.05 }, "findings": "none" }, or delete the key',
    },
  )
  .check(({ value, issues }) => {
    if (issues.length > 0 || Object.values(value).some((expectation) => expectation !== undefined)) return;
    const message =
      'it has no expectation; write one, such as { "validationLoss": { "below": 0.05 } }, or delete the key';
    issues.push({ code: 'custom', path: [], input: value, message });
  })
  .optional()
  .meta({
    ...describe({
      title: 'Expectations',
      text: 'What must hold at the end of a run. The Test Explorer and `npm run train` judge each with the measured number. An expectation never changes a number of the run.',
    }),
    defaultSnippets: [
      { label: 'validation loss', body: { validationLoss: { below: '^${1:0.05}' } } },
      { label: 'no findings', body: { findings: 'none' } },
    ],
  });
