/**
 * Requests as somebody sends them who wants in, or wants it to fall over. Drawn from a seed, so that the same ones
 * come each time and a failure can be looked at.
 */
import * as fc from "fast-check";

export interface HostileRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers: Record<string, string>;
  body: string | null;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "get"];

const TEXTS = [
  "",
  "0",
  "-1",
  "null",
  "undefined",
  "true",
  "NaN",
  "__proto__",
  "constructor",
  "' OR '1'='1",
  "'; DROP TABLE users; --",
  '" onmouseover="alert(1)',
  "<script>alert(1)</script>",
  "{{7*7}}",
  "#{7*7}",
  "../../../../etc/passwd",
  "..%2f..%2fetc%2fpasswd",
  "%00",
  "%ff%fe",
  "%u0000",
  "javascript:alert(1)",
  "//evil.test",
  "https://evil.test/",
  "\\\\evil.test\\share",
  "a@b@c",
  "admin",
  "HERO",
  "01m81a3wyarsnmc80z8d3grcec",
  "１２３",
  "\u202egnp.exe",
  "x".repeat(3_000),
  "9".repeat(400),
];

const BODIES = [
  "",
  "{",
  "[]",
  "null",
  "0",
  '"text"',
  "{}",
  '{"__proto__":{"role":"HERO"}}',
  '{"constructor":{"prototype":{"isAdmin":true}}}',
  '{"email":{"$gt":""},"password":{"$ne":null}}',
  '{"email":["a@example.test"],"password":["x"]}',
  '{"email":"a@example.test\\u0000","password":"x"}',
  '{"role":"HERO","disabled":false,"addCredits":1e309,"reason":"because"}',
  '{"addCredits":9007199254740993,"reason":"because"}',
  '{"name":"\\ud800","scopes":["admin","root"]}',
  '{"token":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","email":"hero@example.test"}',
  '{"value":"on","note":"x"}',
  `{"a":${"[".repeat(2_000)}${"]".repeat(2_000)}}`,
  `{"email":"${"x".repeat(60_000)}"}`,
  "x".repeat(70_000),
  "email=a&password=b&role=HERO&email=c",
  "confirmation=&intent=delete&_method=DELETE",
  "a=%&b=%zz&%00=1",
  "role=HERO&disabled=false&accountReason=x&addCredits=1000&reason=because",
  '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--',
  "\u0000\u0001\u0002",
];

const CONTENT_TYPES = [
  "application/json",
  "application/json; charset=utf-7",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "multipart/form-data",
  "text/plain",
  "text/html",
  "",
  "application/xml",
];

/** One value a header; the ones that a browser can't send are a program's. */
const HEADERS: Record<string, readonly string[]> = {
  Cookie: [
    "session=",
    `session=${"A".repeat(43)}`,
    `session=${"x".repeat(8_000)}`,
    "session=a; session=b",
    "__Host-session=x; session[$ne]=1",
    "notice=%7B%22kind%22%3A%22error%22%2C%22text%22%3A%22%3Cscript%3E%22%7D",
    "notice=%E0%A4%A; session=%00",
    ";;;===;;",
    "oauth-flow=x.y.z.a.b; oauth-state=x; oauth-pkce=x; oauth-nonce=x",
    "visitor=%ff; authjs.session-token=x; __Secure-session=x",
  ],
  Authorization: [
    "Bearer",
    "Bearer x",
    `Bearer evk_${"A".repeat(43)}`,
    "Basic aGVybzpoZXJv",
    "Bearer a b",
    "null",
    "Bearer eyJhbGciOiJub25lIn0.eyJyb2xlIjoiSEVSTyJ9.",
  ],
  "X-API-Key": ["", `evk_${"A".repeat(43)}`, "' OR 1=1 --"],
  "Content-Encoding": ["gzip", "identity"],
  "If-Modified-Since": ["Sun, 22 Nov 2026 00:00:00 GMT", "yesterday"],
  "If-Range": ['"x"', "never"],
  "Sec-Fetch-Dest": ["document", "empty"],
  "User-Agent": ["", "x".repeat(2_000), "<script>alert(1)</script>"],
  Origin: [
    "http://eventide.test",
    "https://evil.test",
    "null",
    "http://eventide.test.evil.test",
    "file://",
    "",
  ],
  "Sec-Fetch-Site": ["same-origin", "cross-site", "none", "same-site"],
  Accept: ["*/*", "text/html", "application/json", "image/webp", "", "text/html;q=x"],
  "Idempotency-Key": ["", "short", "a-key-that-is-long-enough", "x".repeat(200), "with space and more"],
  Range: ["bytes=0-", "bytes=-1", "bytes=5-2", "bytes=0-0,1-1", "lines=1", "bytes=99999999999999999999-"],
  "If-None-Match": ["*", 'W/"x"', '"', '"a", "b"'],
  "CF-Connecting-IP": ["127.0.0.1", "::1", "1.2.3.4, 5.6.7.8", "' OR 1=1", ""],
  "X-Forwarded-For": ["127.0.0.1"],
  "X-Forwarded-Host": ["evil.test"],
  "X-HTTP-Method-Override": ["DELETE"],
  "X-Original-URL": ["/admin"],
  "Accept-Language": ["x".repeat(1_000)],
};

/** A route's path with something hostile or somebody's id as its parameters, and sometimes with a hostile shape. */
function pathsOf(route: string, ids: readonly string[]): fc.Arbitrary<string> {
  const text = fc.constantFrom(...TEXTS);
  const parameter = fc.oneof(text, fc.constantFrom(...ids));
  const filled = parameter.map((value) =>
    route.replaceAll(/:[a-z]+/gi, encodeURIComponent(value.slice(0, 500))),
  );
  const shaped = fc
    .tuple(filled, fc.constantFrom("", "", "", "", "/", "//", "%2e%2e", ";x=y", "%00", ".json", "/../admin"))
    .map(([path, end]) => path + end);
  const query = fc.array(
    fc.tuple(fc.constantFrom("cursor", "limit", "q", "next", "token", "email", "part", "role", "a[b]"), text),
    {
      maxLength: 3,
    },
  );
  return fc.tuple(shaped, query).map(([path, pairs]) => {
    const search = new URLSearchParams(pairs).toString();
    return search === "" ? path : `${path}?${search}`;
  });
}

function headersOf(): fc.Arbitrary<Record<string, string>> {
  const one = fc
    .constantFrom(...Object.keys(HEADERS))
    .chain((name) => fc.constantFrom(...(HEADERS[name] ?? [])).map((value) => [name, value] as const));
  return fc.array(one, { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs));
}

/**
 * Requests to one route, the same ones for the same seed. Half of them use the route's own method, and half of those
 * for a route with parameters one of `ids`, which are somebody else's.
 */
export function drawHostileRequests(
  route: { method: string; path: string },
  { ids, count, seed }: { ids: readonly string[]; count: number; seed: number },
): HostileRequest[] {
  const request = fc.record({
    method: fc.oneof(fc.constant(route.method), fc.constantFrom(...METHODS)),
    path: pathsOf(route.path, ids),
    headers: headersOf(),
    contentType: fc.constantFrom(...CONTENT_TYPES),
    body: fc.constantFrom(...BODIES),
  });
  return fc.sample(request, { numRuns: count, seed }).map(({ method, path, headers, contentType, body }) => {
    const hasBody = !/^(?:get|head)$/i.test(method);
    return {
      method,
      path,
      headers: hasBody ? { ...headers, "Content-Type": contentType } : headers,
      body: hasBody ? body : null,
    };
  });
}
