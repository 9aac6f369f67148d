import type { ReleaseManifest } from './releaseProblems';

/** The file that says how to cite the project, in the Citation File Format 1.2.0. */
export const citationFile = 'CITATION.cff';

/** Its content, from package.json: the owner decides names and addresses there only. */
export function citationOf({ version, license, author, repository, keywords }: ReleaseManifest): string {
  const lines = [
    'cff-version: 1.2.0',
    'message: If you use Unroll in teaching or research, please cite it as below.',
    'title: Unroll',
    'abstract: >-',
    '  A VS Code extension that shows how recurrent networks train: backpropagation through time, step by step, with its',
    '  own engine whose every update can be replayed bit for bit.',
    'type: software',
    'authors:',
    // As in LICENSE, until package.json names an author.
    `  - name: ${quoted(author?.name ?? 'The Unroll authors')}`,
    `version: ${quoted(version)}`,
    `license: ${license}`,
    ...(repository === undefined ? [] : [`repository-code: ${quoted(repository.url)}`]),
    'keywords:',
    ...keywords.map((keyword) => `  - ${quoted(keyword)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** A text as a string of YAML. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
