/** Is a person registering? Cloudflare Turnstile where it is configured; where it isn't, nobody is asked. */
import * as z from "zod/mini";
import { logError, logWarning } from "../log.ts";
import { fail, type Result, succeed } from "../result.ts";

export interface TurnstileSettings {
  /** Public: the widget shows it. */
  siteKey: string;
  secretKey: string;
}

export type BotCheckFailure =
  /** Nothing came: the check wasn't drawn, perhaps, and nobody was asked. */
  | "missing"
  /** Wrong, expired, used before or solved for something else: the person can solve another one. */
  | "refused"
  /** The service doesn't answer: nobody registers until it does. */
  | "unavailable";

export interface BotCheck {
  verify(response: string | undefined, address: string | undefined): Promise<Result<null, BotCheckFailure>>;
}

const VERIFY_URL = "https://challenges.cloudflare.com/turnstile/v0/siteverify";
const VERIFY_TIMEOUT_MS = 5_000;
/** Turnstile's own limit for a response. */
const RESPONSE_MAX_CHARACTERS = 2_048;

/** What the widget of the registration form is drawn for (routes/views/register.tsx). */
const ACTION = "register";
/** Turnstile's published secrets for tests. Their verdicts name an example's host and no action. */
const TEST_SECRET = /^[123]x0+AA$/;

const verdictSchema = z.object({
  success: z.boolean(),
  hostname: z.optional(z.string()),
  action: z.optional(z.string()),
});

/** `origin` is where the form stands: what was solved on another host, or for another form, doesn't count. */
export function createBotCheck(
  settings: TurnstileSettings | null,
  origin: string,
  fetch: (request: Request) => Promise<Response>,
): BotCheck {
  if (settings === null) return { verify: () => Promise.resolve(succeed(null)) };
  return {
    async verify(response, address) {
      if (response === undefined || response === "") return fail("missing");
      if (response.length > RESPONSE_MAX_CHARACTERS) return fail("refused");
      const form = new FormData();
      form.set("secret", settings.secretKey);
      form.set("response", response);
      if (address !== undefined) form.set("remoteip", address);
      const signal = AbortSignal.timeout(VERIFY_TIMEOUT_MS);
      try {
        const answer = await fetch(new Request(VERIFY_URL, { method: "POST", body: form, signal }));
        const verdict = verdictSchema.safeParse(await answer.json());
        if (!verdict.success) return fail("unavailable");
        if (!verdict.data.success) return fail("refused");
        return isForHere(verdict.data, settings, origin) ? succeed(null) : fail("refused");
      } catch (error) {
        // A timeout, a broken line or an answer that isn't JSON: all of them mean that nobody can tell.
        logError("bot_check_failed", error);
        return fail("unavailable");
      }
    },
  };
}

function isForHere(
  { hostname, action }: z.infer<typeof verdictSchema>,
  { secretKey }: TurnstileSettings,
  origin: string,
): boolean {
  if (TEST_SECRET.test(secretKey)) return true;
  const isOwn = hostname === new URL(origin).hostname && action === ACTION;
  if (!isOwn) logWarning("bot_check_elsewhere", { hostname: hostname ?? null, action: action ?? null });
  return isOwn;
}
