import type { LiveSession } from './live/liveSession';
import type { StoredSession } from './stored/storedSession';

/** A run as this window shows it: trained here, or read from its folder. */
export type Session = LiveSession | StoredSession;
