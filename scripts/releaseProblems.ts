/** What package.json says that a release needs. The keys that may be absent are decided by the owner, there only. */
export interface ReleaseManifest {
  readonly version: string;
  readonly license: string;
  readonly publisher: string;
  readonly keywords: readonly string[];
  readonly author?: { readonly name: string };
  readonly repository?: { readonly type: string; readonly url: string };
  readonly bugs?: { readonly url: string };
  readonly homepage?: string;
}

/** What a release is about. */
export interface Release {
  readonly manifest: ReleaseManifest;
  /** The text of CHANGELOG.md. */
  readonly changelog: string;
  /** The Git tag that is released, such as `v0.1.0`; undefined before there is one. */
  readonly tag: string | undefined;
  /** The publisher that the owner has registered; undefined where nobody has said it. */
  readonly publisher: string | undefined;
}

/** The publisher of the packages that are made in development. Whether the name can be had is not known. */
const developmentPublisher = 'unroll';

/** What is missing for a release, each as a sentence with what to do; none where it can be published. */
export function releaseProblems({ manifest, changelog, tag, publisher }: Release): readonly string[] {
  const { version, author, repository, bugs, homepage } = manifest;
  const owned = [
    ...(author?.name ? [] : ['author: { "name": … }, who publishes it']),
    ...(isAddress(repository?.url) ? [] : ['repository: { "type": "git", "url": "https://…" }, where its source is']),
    ...(isAddress(bugs?.url) ? [] : ['bugs: { "url": "https://…" }, where problems are reported']),
    ...(isAddress(homepage) ? [] : ['homepage: "https://…", the page about it']),
  ];
  const heading = new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\] - \\d{4}-\\d{2}-\\d{2}$`, 'm');
  return [
    ...publisherProblems(manifest.publisher, publisher),
    ...owned.map((what) => `package.json has no ${what}. Only the owner can decide it.`),
    ...(/^\d+\.\d+\.\d+$/.test(version)
      ? []
      : [`The version in package.json is ${version}; a marketplace takes three numbers, such as 0.1.0.`]),
    ...(heading.test(changelog)
      ? []
      : [
          `CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD". Name "Unreleased" so, with the day of the release.`,
        ]),
    ...(tag === undefined || tag === `v${version}`
      ? []
      : [`The tag is ${tag}, and the version in package.json ${version}. Tag v${version}, or change the version.`]),
  ];
}

function publisherProblems(written: string, registered: string | undefined): readonly string[] {
  if (registered !== undefined && registered !== written) {
    return [`The publisher in package.json is "${written}", and "${registered}" was registered. Write the same one.`];
  }
  return registered === undefined && written === developmentPublisher
    ? [
        `The publisher in package.json is "${written}", the name used in development. Write the one that you registered there, or confirm it: npm run release:check -- --publisher ${written}`,
      ]
    : [];
}

function isAddress(text: string | undefined): boolean {
  return text !== undefined && /^(?:git\+)?https:\/\/[^/\s]+\/\S*$/.test(text);
}
