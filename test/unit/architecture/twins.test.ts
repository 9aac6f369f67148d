import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type * as nodeMachine from '../../../src/platform/machine.node';
import type * as webMachine from '../../../src/platform/machine.web';
import type * as nodeFiles from '../../../src/session/files/hostFiles.node';
import type * as webFiles from '../../../src/session/files/hostFiles.web';
import type * as nodeStarter from '../../../src/session/trainers/trainerStarter.node';
import type * as webStarter from '../../../src/session/trainers/trainerStarter.web';

/** Compiles only if the file for a browser can take the place of the one for Node.js. */
type Replaces<Web extends Node, Node> = Web;

/** Each file for a browser that takes the place of one for Node.js. */
export type Twins = {
  'src/platform/machine': Replaces<typeof webMachine, typeof nodeMachine>;
  'src/session/files/hostFiles': Replaces<typeof webFiles, typeof nodeFiles>;
  'src/session/trainers/trainerStarter': Replaces<typeof webStarter, typeof nodeStarter>;
};

describe('The files for a browser that take the place of files for Node.js', () => {
  it('are all compared with them by the compiler', () => {
    const twins = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .map((name) => `src/${name.replaceAll('\\', '/')}`)
      .filter((file) => file.endsWith('.web.ts') && existsSync(file.replace('.web.ts', '.node.ts')))
      .map((file) => file.replace('.web.ts', ''));
    const text = readFileSync('test/unit/architecture/twins.test.ts', 'utf8');
    const compared = [...text.matchAll(/^ {2}'(src\/.*)': Replaces</gm)].map(([, file]) => file);
    assert.deepEqual(compared.sort(), twins.sort());
  });
});
