/** The largest seed: an unsigned number of 32 bits. */
export const maxSeed = 4_294_967_295;

/** Maximum number of seeds of an experiment: each is a run of its own. */
export const maxSeeds = 20;
