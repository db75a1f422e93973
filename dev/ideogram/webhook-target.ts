/** Which webhook addresses the provider accepts: public HTTPS hosts only. */

const PRIVATE_HOST =
  /^(localhost|.*\.localhost|.*\.local|.*\.internal|0\.0\.0\.0|127\..*|10\..*|192\.168\..*|169\.254\..*|172\.(1[6-9]|2\d|3[01])\..*|\[.*\])$/;
const LOOPBACK_HOST = /^(localhost|127\..*|\[::1\])$/;

export function isAllowedWebhook(address: string, allowsLoopback: boolean): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (allowsLoopback && LOOPBACK_HOST.test(url.hostname)) return true;
  return url.protocol === "https:" && !PRIVATE_HOST.test(url.hostname);
}
