/** The largest experiment file that is read, in bytes of UTF-8. */
export const largestExperimentFile = 1024 * 1024;
