/** Makes a thing on first use and keeps it; a failed making is tried again on the next. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
