import type { LiveSession } from './liveSession';
import type { StoredSession } from './storedSession';

/** A run as this window shows it: trained here, or read from its folder. */
export type Session = LiveSession | StoredSession;
