/** How long a request waits for the flags, in milliseconds. Apart, because tests wait as long as it takes. */

/** For KV, while an older snapshot could serve the request. */
export const WARM_WAIT_MS = 150;
/** For KV, while there is none. */
export const COLD_WAIT_MS = 500;
/** For this location's copy of the last values. */
export const COPY_WAIT_MS = 50;
