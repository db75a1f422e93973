/** The order of everything that a request passes: log, headers, configuration, flags, limits, access, origin, route. */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { guardRoutes } from "./auth/middleware/guard-routes.ts";
import { requireSameOrigin } from "./auth/middleware/same-origin.ts";
import { AppError, type AppErrorOptions } from "./errors.ts";
import { ROUTES } from "./routes/access.ts";
import { adminAudit } from "./routes/admin-audit.ts";
import { adminGenerations } from "./routes/admin-generations.ts";
import { adminUsers } from "./routes/admin-users.ts";
import { auth } from "./routes/auth.ts";
import { catalogue } from "./routes/catalogue.ts";
import type { AppEnv } from "./routes/context.ts";
import { diagnostics } from "./routes/diagnostics.ts";
import { renderError } from "./routes/error-renderer.tsx";
import { flagsAdmin } from "./routes/flags-admin.ts";
import { generations } from "./routes/generations.ts";
import { health } from "./routes/health.ts";
import { imageFiles } from "./routes/image-files.ts";
import { images } from "./routes/images.ts";
import { me } from "./routes/me.ts";
import { countFlagOutcomes } from "./routes/middleware/count-outcomes.ts";
import { loadRequestFlags } from "./routes/middleware/load-flags.ts";
import { logRequests } from "./routes/middleware/request-log.ts";
import { requireConfig } from "./routes/middleware/require-config.ts";
import { setResponseHeaders } from "./routes/middleware/response-headers.ts";
import { addServerTiming } from "./routes/middleware/server-timing.ts";
import { allowOtherOrigins, OFREP_PATHS, ofrep } from "./routes/ofrep.ts";
import { accountPages } from "./routes/pages/account.tsx";
import { adminPages } from "./routes/pages/admin.tsx";
import { adminAuditPages } from "./routes/pages/admin-audit.tsx";
import { adminUserPages } from "./routes/pages/admin-user.tsx";
import { briefPages } from "./routes/pages/briefs.tsx";
import { confirmPages } from "./routes/pages/confirm.tsx";
import { createPages } from "./routes/pages/create.tsx";
import { devMailPages } from "./routes/pages/dev-mail.tsx";
import { erasePages } from "./routes/pages/erase.tsx";
import { flagPages } from "./routes/pages/flag.tsx";
import { flagsPages } from "./routes/pages/flags.tsx";
import { flagsImportPages } from "./routes/pages/flags-import.tsx";
import { flagsRulesPages } from "./routes/pages/flags-rules.tsx";
import { flagsSpeedPages } from "./routes/pages/flags-speed.tsx";
import { galleryPages } from "./routes/pages/gallery.tsx";
import { homePages } from "./routes/pages/home.tsx";
import { passkeyPages } from "./routes/pages/passkeys.tsx";
import { profilePicturePages } from "./routes/pages/profile-picture.tsx";
import { providerPages } from "./routes/pages/providers.tsx";
import { registerPages } from "./routes/pages/register.tsx";
import { signInPages } from "./routes/pages/sign-in.tsx";
import { passkeys } from "./routes/passkeys.ts";
import { PICTURE_UPLOAD_MAX_BYTES, profilePictures } from "./routes/profile-picture.ts";
import { vitals } from "./routes/vitals.ts";

const BODY_MAX_BYTES = 64 * 1024;
/** Where a person's own picture comes in. */
const UPLOAD_PATHS: ReadonlySet<string> = new Set(["/api/me/picture", "/account/picture"]);
/** What stands around a file in a form. */
const FORM_OVERHEAD_BYTES = 4 * 1024;

function limitBody(maxSize: number, options: AppErrorOptions = {}) {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new AppError("payload_too_large", options);
    },
  });
}

const limitBodies = limitBody(BODY_MAX_BYTES);
const limitUploads = limitBody(PICTURE_UPLOAD_MAX_BYTES + FORM_OVERHEAD_BYTES, {
  detail: "A picture may have 10 MB at most. Nothing was changed; choose a smaller one.",
});

export const app = new Hono<AppEnv>();

app.onError(renderError);
app.notFound(() => {
  throw new AppError("not_found", { reason: "no_route" });
});

app.use(logRequests());
app.use(setResponseHeaders());
app.use(requireConfig());
app.use(loadRequestFlags());
app.use(addServerTiming());
app.use(countFlagOutcomes());
// Before the limit: a script of another site may read that its body was too large.
app.use(OFREP_PATHS, allowOtherOrigins);
app.use((c, next) => (UPLOAD_PATHS.has(c.req.path) ? limitUploads(c, next) : limitBodies(c, next)));
app.use(guardRoutes(ROUTES));
// Before the check of the origin: evaluating flags changes nothing.
app.route("/", ofrep);
app.use(requireSameOrigin());

app.route("/", health);
app.route("/", auth);
app.route("/", me);
app.route("/", profilePictures);
app.route("/", passkeys);
app.route("/", catalogue);
app.route("/", generations);
app.route("/", images);
app.route("/", imageFiles);
app.route("/", adminUsers);
app.route("/", adminGenerations);
app.route("/", adminAudit);
app.route("/", diagnostics);
app.route("/", flagsAdmin);
app.route("/", vitals);

app.route("/", homePages);
app.route("/", signInPages);
app.route("/", registerPages);
app.route("/", confirmPages);
app.route("/", providerPages);
app.route("/", passkeyPages);
app.route("/", devMailPages);
app.route("/", createPages);
app.route("/", briefPages);
app.route("/", galleryPages);
app.route("/", accountPages);
app.route("/", profilePicturePages);
app.route("/", erasePages);
app.route("/", adminPages);
app.route("/", flagsPages);
app.route("/", flagsRulesPages);
app.route("/", flagsImportPages);
app.route("/", flagPages);
app.route("/", flagsSpeedPages);
app.route("/", adminUserPages);
app.route("/", adminAuditPages);
