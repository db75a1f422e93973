/**
 * Takes the place of preact and preact-render-to-string, which Auth.js draws its own pages with. Ours are drawn by
 * us, so the renderer is left out of the bundle (wrangler.toml, [alias]), and its types, which bring a browser's
 * globals along, out of the program (tsconfig.json, paths).
 */
export declare namespace JSX {
  export interface IntrinsicElements {
    input: Record<string, unknown>;
  }
  export type Element = never;
}

function refuse(): never {
  throw new Error("Auth.js was asked for one of its own pages, which are left out");
}

export const Fragment = null;
export const jsx = refuse;
export const jsxs = refuse;
export const renderToString = refuse;
