import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join('.github', 'workflows');
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
const release = workflows.find(({ name }) => name === 'release.yml')?.text ?? '';

/** The jobs of a workflow by their names: the text of each. */
function jobsOf(text: string): ReadonlyMap<string, string> {
  const [, jobs = ''] = text.split(/^jobs:\n/m);
  return new Map(
    jobs.split(/^ {2}(?=[\w-]+:$)/m).flatMap((job) => {
      const [, name] = /^([\w-]+):\n/.exec(job) ?? [];
      return name === undefined ? [] : [[name, job] as const];
    }),
  );
}

describe('The workflows', () => {
  it('use the same version of an action everywhere, and only those of GitHub', () => {
    const uses = workflows.flatMap(({ text }) => [...text.matchAll(/uses: (\S+)@(\S+)/g)]);
    const versions = new Map<string, Set<string>>();
    for (const [, action = '', version = ''] of uses) {
      assert.match(action, /^actions\/[a-z-]+$/);
      assert.match(version, /^v\d+$/);
      versions.set(action, (versions.get(action) ?? new Set()).add(version));
    }
    assert.ok(versions.size >= 5);
    for (const [action, found] of versions) assert.equal(found.size, 1, action);
  });

  it('have no secret, and may only read unless a job says more', () => {
    for (const { name, text } of workflows) {
      assert.doesNotMatch(text, /secrets\.|_PAT\b/, name);
      assert.match(text, /^permissions:\n {2}contents: read\n/m, name);
    }
  });

  it('put nothing that others write into a script: only names of variables', () => {
    const scripts = workflows.flatMap(({ text }) => [...text.matchAll(/run: .*/g)].map(([line]) => line));
    assert.deepEqual(
      scripts.filter((line) => line.includes('${{')),
      [],
    );
  });
});

describe('The workflow of a release', () => {
  const jobs = jobsOf(release);

  it('packs and tests, and publishes what was tested, for a tag only', () => {
    assert.deepEqual([...jobs.keys()], ['package', 'marketplace', 'open-vsx', 'release']);
    assert.match(jobs.get('package') ?? '', /npm run test:package\n.*upload-artifact@/s);
    for (const [name, job] of jobs) {
      if (name === 'package') continue;
      assert.match(job, /^ {4}needs: package\n {4}if: github\.ref_type == 'tag'$/m, name);
      assert.match(job, /download-artifact@/, name);
      assert.doesNotMatch(job, /checkout@|npm (?:ci|run)/, name);
    }
  });

  it('refuses a tag for which something is missing, before anything is packed', () => {
    assert.match(jobs.get('package') ?? '', /release:check -- --tag "\$GITHUB_REF_NAME".*test:package/s);
  });

  it('publishes by identity: only these jobs may ask for a token of it', () => {
    const asking = [...jobs].filter(([, job]) => job.includes('id-token: write')).map(([name]) => name);
    assert.deepEqual(asking, ['marketplace', 'open-vsx']);
    assert.match(
      jobs.get('marketplace') ?? '',
      /@vscode\/vsce@\d+\.\d+\.\d+ publish --oidc --packagePath unroll\.vsix$/m,
    );
    assert.match(jobs.get('open-vsx') ?? '', /ovsx@\d+\.\d+\.\d+ publish --trusted-publishing unroll\.vsix$/m);
  });

  it('attaches both files to the release', () => {
    assert.match(jobs.get('release') ?? '', /gh release create .* unroll\.vsix unroll-\*\.tgz /);
  });
});
