/**
 * The one place where variables and secrets become a typed configuration.
 * fetch, queue and scheduled all start from parseConfig; it reports field names and never values.
 */
import * as z from "zod/mini";
import type { TurnstileSettings } from "./auth/bot-check.ts";
import {
  buildProviders,
  listProviderIssues,
  type ProviderSettings,
  providerVariables,
} from "./auth/oauth/settings.ts";
import { type ImageHost, parseImageHosts } from "./ideogram/image-hosts.ts";
import { isUsableBaseUrl, isUsableKey } from "./ideogram/settings.ts";
import { isHttpLoopback } from "./loopback.ts";
import { buildMailSettings, listMailIssues, type MailSettings, mailVariables } from "./mail/settings.ts";
import { fail, type Result, succeed } from "./result.ts";

/** The provider's models whose sizes and fields are known here. */
const MODELS = ["ideogram-4-5", "ideogram-4", "ideogram-3"] as const;

/** What wrangler.toml binds, plus the secrets and the optional variables of .dev.vars. */
export interface Bindings extends Env {
  AUTH_SECRET?: string;
  AUTH_SECRET_PREVIOUS?: string;
  IDEOGRAM_API_KEY?: string;
  COMMIT?: string;
  FLAGS_TTL_SECONDS?: string;
  MAILER?: string;
  MAIL_FROM?: string;
  RESEND_API_KEY?: string;
  TURNSTILE_SITE_KEY?: string;
  TURNSTILE_SECRET_KEY?: string;
  GOOGLE_CLIENT_ID?: string;
  GOOGLE_CLIENT_SECRET?: string;
  GITHUB_CLIENT_ID?: string;
  GITHUB_CLIENT_SECRET?: string;
  OIDC_ISSUER?: string;
  OIDC_CLIENT_ID?: string;
  OIDC_CLIENT_SECRET?: string;
  OIDC_NAME?: string;
}

export interface Config {
  environment: "production" | "development";
  /** The one public origin, for example `https://eventide.example`. Never taken from a request. */
  origin: string;
  authSecret: string;
  /** This one and those before it, newest first: only to recognise what one of them made, never to trust it. */
  knownAuthSecrets: readonly string[];
  mail: MailSettings;
  /** Null where nobody has to show that they are a person. */
  turnstile: TurnstileSettings | null;
  /** The identity providers that people can sign in with, in the order of their buttons. */
  providers: readonly ProviderSettings[];
  ideogram: {
    apiKey: string;
    baseUrl: string;
    /** The only hosts that pictures are downloaded from. */
    imageHosts: readonly ImageHost[];
    model: (typeof MODELS)[number];
    maxInFlight: number;
  };
  startingCredits: number;
  maxOpenGenerations: number;
  maxGenerationsPerHour: number;
  generationMaxAgeSeconds: number;
  /** A changed flag is served after at most this long, in seconds. 0 reads them for every request. */
  flagsTtlSeconds: number;
  /** The commit that was deployed, or "unknown" when nobody said. */
  commit: string;
}

/** Which setting is wrong and what it has to be. The value is never part of it. */
export interface ConfigIssue {
  field: string;
  message: string;
}

/** Digits and nothing else: an empty setting is a mistake and not 0. A number in wrangler.toml is one, too. */
function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  const digits = z.union([z.number(), z.string().check(z.regex(/^\d{1,9}$/, { error }))], { error });
  const number = z.int({ error }).check(z.minimum(min), z.maximum(max));
  return z.pipe(z.pipe(digits, z.transform(Number)), number);
}

/** Reads of KV are paid for in production; at a desk, a change is to be seen at once. */
const FLAGS_TTL_DEFAULT_SECONDS = { production: 30, development: 1 } as const;

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

const AUTH_SECRET_MIN_CHARACTERS = 32;

const settingsSchema = z.object({
  ENVIRONMENT: z.enum(["production", "development"], { error: "must be production or development" }),
  APP_ORIGIN: z
    .string({ error: "is missing" })
    .check(z.refine(isOrigin, "must be an origin such as https://eventide.example, without a path")),
  AUTH_SECRET: z
    .string({ error: "is missing" })
    .check(
      z.minLength(AUTH_SECRET_MIN_CHARACTERS, `must have at least ${AUTH_SECRET_MIN_CHARACTERS} characters`),
    ),
  AUTH_SECRET_PREVIOUS: z.pipe(
    z._default(z.string(), ""),
    z.transform((text, context) => {
      const secrets = text === "" ? [] : text.split(",").map((secret) => secret.trim());
      if (secrets.every((secret) => secret.length >= AUTH_SECRET_MIN_CHARACTERS)) return secrets;
      const message = "must be a comma-separated list of secrets that AUTH_SECRET was before, newest first";
      context.issues.push({ code: "custom", input: text, message });
      return z.NEVER;
    }),
  ),
  IDEOGRAM_API_KEY: z.string({ error: "is missing" }).check(
    z.minLength(1, "is empty"),
    z.refine(
      (key) => key === "" || isUsableKey(key),
      "must be printable characters without blanks or line breaks",
    ),
  ),
  IDEOGRAM_BASE_URL: z
    .string({ error: "is missing" })
    .check(
      z.refine(
        (text) => isUsableBaseUrl(text) && !text.endsWith("/"),
        "must be a URL without credentials, query, or a slash at the end",
      ),
    ),
  IDEOGRAM_IMAGE_HOSTS: z.pipe(
    z.string({ error: "is missing" }),
    z.transform((text, context) => {
      const hosts = parseImageHosts(text);
      if (hosts.ok) return hosts.value;
      const message = "must be a comma-separated list of host, host:port or *.domain";
      context.issues.push({ code: "custom", input: text, message });
      return z.NEVER;
    }),
  ),
  IDEOGRAM_MODEL: z.enum(MODELS, { error: `must be one of ${MODELS.join(", ")}` }),
  IDEOGRAM_MAX_IN_FLIGHT: wholeNumber(1, 1_000),
  STARTING_CREDITS: wholeNumber(0, 1_000_000),
  MAX_OPEN_GENERATIONS: wholeNumber(1, 100_000),
  MAX_GENERATIONS_PER_HOUR: wholeNumber(1, 1_000_000),
  GENERATION_MAX_AGE_SECONDS: wholeNumber(10, 86_400),
  FLAGS_TTL_SECONDS: z.optional(wholeNumber(0, 3_600)),
  COMMIT: z._default(z.string(), "unknown"),
  ...mailVariables,
  TURNSTILE_SITE_KEY: z._default(z.string(), ""),
  TURNSTILE_SECRET_KEY: z._default(z.string(), ""),
  ...providerVariables,
});

type Settings = z.infer<typeof settingsSchema>;

const settingNameSchema = z.keyof(settingsSchema);
const soundSettingsSchema = z.partial(settingsSchema);

/** Without those that are wrong by themselves: what is judged together is judged by the others. */
type SoundSettings = z.infer<typeof soundSettingsSchema>;

const bindingNames = [
  "DB",
  "FLAGS",
  "BUCKET",
  "GENERATIONS",
  "IMAGES",
  "AUTH_BURST",
  "EVALUATION_BURST",
  "GENERATION_BURST",
] as const;

/** Parses the whole configuration, or lists every setting that is missing or wrong. */
export function parseConfig(env: Bindings): Result<Config, ConfigIssue[]> {
  const known = parsedConfigs.get(env);
  if (known !== undefined) return known;
  const result = parseUncached(env);
  parsedConfigs.set(env, result);
  return result;
}

// A cache keyed by the bindings object, which the runtime never changes during an isolate's life.
const parsedConfigs = new WeakMap<Bindings, Result<Config, ConfigIssue[]>>();

function parseUncached(env: Bindings): Result<Config, ConfigIssue[]> {
  const parsed = settingsSchema.safeParse(env, { error: () => "must be text" });
  const wrong = new Map(
    parsed.error?.issues.map(({ path, message }) => [settingNameSchema.parse(path[0]), message]),
  );
  const sound = parsed.success ? parsed.data : readSoundSettings(env, wrong);
  const issues: ConfigIssue[] = [
    ...bindingNames
      .filter((name) => env[name] === undefined)
      .map((field) => ({ field, message: "is not bound in wrangler.toml" })),
    ...Array.from(wrong, ([field, message]) => ({ field, message })),
    ...listUnsafeSettings(sound),
    ...(wrong.has("MAILER") ? [] : listMailIssues(sound, describeDeployment(env, sound))),
    ...listTurnstileIssues(sound),
    // Where the environment itself is wrong, nothing is held against loopback.
    ...listProviderIssues(sound, sound.ENVIRONMENT !== "production"),
  ];
  return parsed.success && issues.length === 0 ? succeed(buildConfig(parsed.data)) : fail(issues);
}

function describeDeployment(env: Bindings, { ENVIRONMENT: environment }: SoundSettings) {
  return { environment, hasEmailBinding: env.EMAIL !== undefined };
}

function buildConfig(settings: Settings): Config {
  const { ENVIRONMENT: environment, APP_ORIGIN: origin } = settings;
  return {
    environment,
    origin,
    authSecret: settings.AUTH_SECRET,
    knownAuthSecrets: [settings.AUTH_SECRET, ...settings.AUTH_SECRET_PREVIOUS],
    mail: buildMailSettings(settings, { environment, origin }),
    turnstile: buildTurnstileSettings(settings),
    providers: buildProviders(settings),
    ideogram: {
      apiKey: settings.IDEOGRAM_API_KEY,
      baseUrl: settings.IDEOGRAM_BASE_URL,
      imageHosts: settings.IDEOGRAM_IMAGE_HOSTS,
      model: settings.IDEOGRAM_MODEL,
      maxInFlight: settings.IDEOGRAM_MAX_IN_FLIGHT,
    },
    startingCredits: settings.STARTING_CREDITS,
    maxOpenGenerations: settings.MAX_OPEN_GENERATIONS,
    maxGenerationsPerHour: settings.MAX_GENERATIONS_PER_HOUR,
    generationMaxAgeSeconds: settings.GENERATION_MAX_AGE_SECONDS,
    flagsTtlSeconds: settings.FLAGS_TTL_SECONDS ?? FLAGS_TTL_DEFAULT_SECONDS[environment],
    commit: settings.COMMIT,
  };
}

function readSoundSettings(env: Bindings, wrong: ReadonlyMap<keyof Settings, string>): SoundSettings {
  const blank = Object.fromEntries(Array.from(wrong.keys(), (field) => [field, undefined]));
  const sound = soundSettingsSchema.parse({ ...env, ...blank });
  // One that was left out got its default, and what is wrong counts neither as missing nor as what it isn't.
  for (const field of wrong.keys()) sound[field] = undefined;
  return sound;
}

/** Plain http is for loopback in development: a key or a session must never cross a network in the clear. */
function listUnsafeSettings(settings: SoundSettings): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const { ENVIRONMENT: environment, APP_ORIGIN: origin, IDEOGRAM_BASE_URL: baseUrl } = settings;
  if (environment === "production" && origin !== undefined && !origin.startsWith("https:")) {
    issues.push({ field: "APP_ORIGIN", message: "must start with https:// in production" });
  }
  if (baseUrl !== undefined && !isSafeBase(new URL(baseUrl), environment !== "production")) {
    issues.push({
      field: "IDEOGRAM_BASE_URL",
      message: "must start with https:// (http is for loopback in development)",
    });
  }
  return issues;
}

function isSafeBase(base: URL, mayUseHttp: boolean): boolean {
  return base.protocol === "https:" || (mayUseHttp && isHttpLoopback(base));
}

/** One without the other would either ask nobody or refuse everybody. */
function listTurnstileIssues(settings: SoundSettings): ConfigIssue[] {
  const names = ["TURNSTILE_SITE_KEY", "TURNSTILE_SECRET_KEY"] as const;
  const missing = names.filter((name) => settings[name] === "");
  if (missing.length !== 1) return [];
  return missing.map((field) => ({ field, message: "is missing, and its other half is set" }));
}

function buildTurnstileSettings(settings: Settings): TurnstileSettings | null {
  const { TURNSTILE_SITE_KEY: siteKey, TURNSTILE_SECRET_KEY: secretKey } = settings;
  return siteKey === "" || secretKey === "" ? null : { siteKey, secretKey };
}
