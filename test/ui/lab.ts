import type { Browser } from 'playwright-core';
import { openChromium } from '../launch/chromium';
import { installedEmbedded } from '../launch/installation';
import { EmbeddedServer, type ServerOptions } from '../launch/server';

/** What all windows of a test run share: one server, which takes seconds to start, and one browser. */
export interface Lab {
  readonly server: EmbeddedServer;
  readonly browser: Browser;
}

let shared: Promise<Lab> | undefined;

/** The lab of this process, set up at the first call; whoever runs the tests closes it. */
export function sharedLab(): Promise<Lab> {
  return (shared ??= openLab());
}

/** A lab of its own, for what must not touch the shared one: a home with other extensions, say. */
export async function openLab(options: ServerOptions = {}): Promise<Lab> {
  const server = await EmbeddedServer.start(await installedEmbedded(), options);
  return { server, browser: await openChromium() };
}
