/** Types of bootstrap.mjs, which has to stay plain JavaScript. */
export declare function runOnPinnedNode(module: string): Promise<void>;
export declare function isInstalled(folder: string): boolean;
