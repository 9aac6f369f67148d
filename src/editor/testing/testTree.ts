import { expectationsOf } from '../../checks/expectation';
import { parameterShapes } from '../../engine/network';
import type { ExperimentFile } from '../../experiment/experimentFile';
import type { KeyPath, SourceRange } from '../../experiment/problems/problem';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { plainName } from '../../run/displayName';
import { translate } from '../../text/translate';

/** The identifiers of the two groups of tests of an experiment or a variant. */
export const groups = { expectations: 'expectations', gradients: 'gradients' } as const;

/**
 * A test or a group of tests, as the Test Explorer lists it. It has no description: VS Code would have a screen reader read
 * that in place of the label.
 */
export interface TestNode {
  /** Unique among its siblings. */
  readonly id: string;
  readonly label: string;
  readonly place: SourceRange;
  readonly children: readonly TestNode[];
}

/** Most parameters that are listed one by one; a net of more layers has one test for all. */
const maxParameters = 100;

/** The test of all parameters of a net that has too many to list them. */
export const allParameters = '*';

/** The identifier of an experiment or of one of its variants. */
export function variantId(variant: string | undefined): string {
  return variant === undefined ? 'experiment' : `variant:${variant}`;
}

/** The variant of such an identifier; undefined is the experiment itself. */
export function variantOfId(id: string): string | undefined {
  return id === variantId(undefined) ? undefined : id.slice('variant:'.length);
}

/** The tests of an experiment and of each variant. Nothing but the file is read for them. */
export function testsOf(file: ExperimentFile): readonly TestNode[] {
  return [undefined, ...file.variants.map(({ name }) => name)].flatMap((variant) => {
    const resolved = file.resolve(variant);
    return resolved.kind === 'resolved' ? [testsOfVariant(file, variant, resolved.experiment)] : [];
  });
}

function testsOfVariant(file: ExperimentFile, variant: string | undefined, experiment: ResolvedExperiment): TestNode {
  const place = (keyPath: KeyPath): SourceRange => keyPlaceOf(file, keyPath, variant);
  const expectations = expectationsOf(experiment.expect).map(({ key, keyPath, label }) => ({
    ...{ id: key, label, place: place(keyPath), children: [] },
  }));
  const own = variant === undefined ? undefined : file.variants.find(({ name }) => name === variant)?.place;
  const seeds = file.seedsOf(variant);
  const groupOfExpectations: TestNode = {
    id: groups.expectations,
    label: seeds.length === 0 ? 'Expectations' : translate`Expectations with each of ${seeds.length} seeds`,
    place: place(['expect']),
    children: expectations,
  };
  return {
    id: variantId(variant),
    label: variant === undefined ? 'experiment' : plainName(variant) || '""',
    place: own ?? place(['model']),
    children: [
      ...(expectations.length === 0 ? [] : [groupOfExpectations]),
      {
        id: groups.gradients,
        label: translate`Gradient checks`,
        place: place(['model']),
        children: parameterTests(experiment, place(['model'])),
      },
    ],
  };
}

function parameterTests({ model }: ResolvedExperiment, place: SourceRange): readonly TestNode[] {
  // The names depend on neither the data nor the sizes.
  const spec = {
    cell: model.cell,
    activation: 'tanh',
    inputs: 1,
    hidden: 1,
    layers: model.layers,
    outputs: 1,
  } as const;
  const names = parameterShapes(spec).map(({ name }) => name);
  return names.length > maxParameters
    ? [{ id: allParameters, label: translate`all ${names.length} parameters`, place, children: [] }]
    : names.map((name) => ({ id: name, label: name, place, children: [] }));
}

/** The place of a key: in the variant, where it writes it, else in the experiment; else that of what encloses it. */
export function keyPlaceOf(file: ExperimentFile, keyPath: KeyPath, variant: string | undefined): SourceRange {
  return (
    (variant === undefined ? undefined : file.keyPlace(keyPath, variant)) ??
    file.keyPlace(keyPath, undefined) ??
    file.placeOf(keyPath, variant)
  );
}
