/** A field that is wrong: `pointer` is a JSON Pointer (RFC 6901) into the body, or the name of a parameter. */
export interface Fault {
  pointer: string;
  detail: string;
}
