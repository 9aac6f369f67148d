import { parseExperiment, type Parsed } from '../experiment/parse';
import type { ResolvedVariant } from '../experiment/experimentFile';
import type { Manifest } from './manifest';

/**
 * The experiment in a run's manifest, checked as that of a file: a manifest may come from an untrusted source, or from
 * another version.
 */
export function storedExperiment({
  experiment,
}: Pick<Manifest, 'experiment'>): ResolvedVariant | Extract<Parsed, { kind: 'refused' }> {
  const parsed = parseExperiment(JSON.stringify(experiment));
  return parsed.kind === 'experiment' ? parsed.file.resolve() : parsed;
}
