/** The provider's answers, word for word where they are known. */

const ERROR_TITLES: Record<number, string> = {
  400: "Bad Request",
  404: "Not Found",
  413: "Payload Too Large",
};

export function answerJson(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers });
}

/** A schema error, as a problem document. */
export function answerProblem(status: 400 | 404 | 413, detail: string): Response {
  const body = { type: "about:blank", title: ERROR_TITLES[status], detail, status };
  return answerJson(body, status, { "content-type": "application/problem+json" });
}

/** An error that the schema cannot express. */
export function answerError(status: number, error: string, more: Record<string, unknown> = {}): Response {
  return answerJson({ error, ...more }, status);
}

export function answerUnauthorized(): Response {
  return answerJson({ message: "Access denied. Please verify your API Token is valid." }, 401);
}

export function answerForbidden(): Response {
  return answerJson({ message: "This account is not authorized for this operation." }, 403);
}

export function answerTooManyImages(limit: number, retryAfterSeconds: number | null = null): Response {
  return answerJson(
    {
      error: "You have reached the maximum number of images in progress.",
      reject_reason: "inflight_limit",
      max_inflight_requests: limit,
      task_completion_speed: "fast",
    },
    429,
    retryAfterSeconds === null ? {} : { "retry-after": String(retryAfterSeconds) },
  );
}

/** What an edge server sends instead of JSON when it is confused. */
export function answerHtml(status = 200, contentType = "text/html; charset=utf-8"): Response {
  const page =
    "<!doctype html><html><head><title>Just a moment…</title></head><body><h1>Please wait</h1></body></html>\n";
  return new Response(page, { status, headers: { "content-type": contentType } });
}
