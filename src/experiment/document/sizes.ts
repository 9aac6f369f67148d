/** The largest experiment file that is read, in bytes of UTF-8. */
export const maxExperimentBytes = 1024 * 1024;
