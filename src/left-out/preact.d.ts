/**
 * Takes the place of preact's types (tsconfig.json, paths), which bring a browser's globals along. Auth.js names them
 * in the types of its own pages, which are left out (src/left-out/auth-core.ts).
 */
export declare namespace JSX {
  export interface IntrinsicElements {
    input: Record<string, unknown>;
  }
  export type Element = never;
}
