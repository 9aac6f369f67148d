/** A key path into an experiment file: names of keys and indices of array elements, from the root. */
export type KeyPath = readonly (string | number)[];
