/**
 * The tables as Drizzle sees them. The migrations are the truth (checks, triggers and indexes live there);
 * a test compares the two column by column. All `*_at` columns are integer milliseconds UTC.
 */
import { blob, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const ROLES = ["USER", "ADMIN", "HERO"] as const;
export type Role = (typeof ROLES)[number];

export const users = sqliteTable("users", {
  id: text("id").primaryKey(),
  email: text("email").notNull(),
  name: text("name").notNull().default(""),
  role: text("role", { enum: ROLES }).notNull().default("USER"),
  passwordHash: text("password_hash"),
  emailVerifiedAt: integer("email_verified_at"),
  disabledAt: integer("disabled_at"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
  mailboxUsedAt: integer("mailbox_used_at"),
});

export const sessions = sqliteTable("sessions", {
  tokenHash: text("token_hash").primaryKey(),
  id: text("id").notNull(),
  userId: text("user_id").notNull(),
  method: text("method").notNull(),
  userAgent: text("user_agent").notNull().default(""),
  createdAt: integer("created_at").notNull(),
  lastUsedAt: integer("last_used_at").notNull(),
  expiresAt: integer("expires_at").notNull(),
  absoluteExpiresAt: integer("absolute_expires_at").notNull(),
  place: text("place"),
});

export const LINK_PURPOSES = ["register", "sign_in", "reset", "change_email"] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

export const authTokens = sqliteTable("auth_tokens", {
  tokenHash: text("token_hash").primaryKey(),
  purpose: text("purpose", { enum: LINK_PURPOSES }).notNull(),
  email: text("email").notNull(),
  userId: text("user_id"),
  name: text("name").notNull().default(""),
  createdAt: integer("created_at").notNull(),
  expiresAt: integer("expires_at").notNull(),
  next: text("next").notNull().default("/"),
});

export const mailOutbox = sqliteTable("mail_outbox", {
  id: text("id").primaryKey(),
  kind: text("kind").notNull(),
  recipient: text("recipient").notNull(),
  userId: text("user_id"),
  details: text("details").notNull().default("{}"),
  attempts: integer("attempts").notNull().default(0),
  dueAt: integer("due_at").notNull(),
  createdAt: integer("created_at").notNull(),
});

export const devMail = sqliteTable("dev_mail", {
  id: text("id").primaryKey(),
  recipient: text("recipient").notNull(),
  subject: text("subject").notNull(),
  text: text("text").notNull(),
  html: text("html").notNull(),
  sentAt: integer("sent_at").notNull(),
});

export const apiKeys = sqliteTable("api_keys", {
  id: text("id").primaryKey(),
  userId: text("user_id").notNull(),
  name: text("name").notNull(),
  prefix: text("prefix").notNull(),
  keyHash: text("key_hash").notNull(),
  scopes: text("scopes").notNull(),
  createdAt: integer("created_at").notNull(),
  lastUsedAt: integer("last_used_at"),
});

export const providerAccounts = sqliteTable(
  "provider_accounts",
  {
    provider: text("provider").notNull(),
    providerAccountId: text("provider_account_id").notNull(),
    userId: text("user_id").notNull(),
    email: text("email").notNull(),
    createdAt: integer("created_at").notNull(),
    lastUsedAt: integer("last_used_at"),
  },
  (table) => [primaryKey({ columns: [table.provider, table.providerAccountId] })],
);

export const passkeys = sqliteTable("passkeys", {
  credentialId: text("credential_id").primaryKey(),
  userId: text("user_id").notNull(),
  publicKey: text("public_key").notNull(),
  counter: integer("counter").notNull().default(0),
  transports: text("transports").notNull().default("[]"),
  name: text("name").notNull().default(""),
  createdAt: integer("created_at").notNull(),
  lastUsedAt: integer("last_used_at"),
});

export const passkeyChallenges = sqliteTable("passkey_challenges", {
  challengeHash: text("challenge_hash").primaryKey(),
  userId: text("user_id"),
  expiresAt: integer("expires_at").notNull(),
});

export const profilePictures = sqliteTable("profile_pictures", {
  userId: text("user_id").primaryKey(),
  bytes: blob("bytes", { mode: "buffer" }).notNull(),
  sha256: text("sha256").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

export const rateCounters = sqliteTable(
  "rate_counters",
  {
    key: text("key").notNull(),
    windowAt: integer("window_at").notNull(),
    count: integer("count").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.key, table.windowAt] })],
);

export const creditAccounts = sqliteTable("credit_accounts", {
  userId: text("user_id").primaryKey(),
  available: integer("available").notNull().default(0),
  held: integer("held").notNull().default(0),
  lastEntry: integer("last_entry").notNull().default(0),
});

export const ENTRY_KINDS = ["grant", "revoke", "purchase", "refund", "hold", "capture", "release"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export const creditEntries = sqliteTable("credit_entries", {
  id: integer("id").primaryKey(),
  userId: text("user_id").notNull(),
  kind: text("kind", { enum: ENTRY_KINDS }).notNull(),
  available: integer("available").notNull(),
  held: integer("held").notNull(),
  opKey: text("op_key").notNull(),
  requestHash: text("request_hash"),
  generationId: text("generation_id"),
  actorId: text("actor_id"),
  reason: text("reason"),
  createdAt: integer("created_at").notNull(),
});

/** Addresses that had their starting credits, as keyed fingerprints. */
export const grantedAddresses = sqliteTable("granted_addresses", {
  fingerprint: text("fingerprint").primaryKey(),
});

export const briefs = sqliteTable("briefs", {
  id: text("id").primaryKey(),
  userId: text("user_id").notNull(),
  idempotencyKey: text("idempotency_key").notNull(),
  requestHash: text("request_hash").notNull(),
  eventType: text("event_type").notNull(),
  style: text("style"),
  quality: text("quality").notNull(),
  body: text("body").notNull(),
  title: text("title").notNull(),
  prompt: text("prompt").notNull(),
  magicPrompt: text("magic_prompt", { enum: ["auto", "on", "off"] }).notNull(),
  pictures: integer("pictures").notNull(),
  cost: integer("cost").notNull(),
  createdAt: integer("created_at").notNull(),
});

export const GENERATION_STATUSES = ["queued", "processing", "succeeded", "failed", "canceled"] as const;
export type GenerationStatus = (typeof GENERATION_STATUSES)[number];

export const generations = sqliteTable("generations", {
  id: text("id").primaryKey(),
  briefId: text("brief_id").notNull(),
  position: integer("position").notNull(),
  userId: text("user_id").notNull(),
  status: text("status", { enum: GENERATION_STATUSES }).notNull().default("queued"),
  cost: integer("cost").notNull(),
  shape: text("shape").notNull(),
  alt: text("alt").notNull(),
  model: text("model").notNull(),
  providerSize: text("provider_size").notNull(),
  width: integer("width").notNull(),
  height: integer("height").notNull(),
  seed: integer("seed"),
  step: text("step").notNull().default("queued"),
  stepAt: integer("step_at").notNull(),
  attempt: integer("attempt").notNull().default(0),
  failures: integer("failures").notNull().default(0),
  lease: text("lease"),
  dueAt: integer("due_at"),
  resumeAt: integer("resume_at").notNull().default(0),
  submitStartedAt: integer("submit_started_at"),
  providerGenerationId: text("provider_generation_id"),
  errorCode: text("error_code"),
  review: text("review", { enum: ["submit_unknown", "paid_not_delivered"] }),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

export const images = sqliteTable("images", {
  id: text("id").primaryKey(),
  generationId: text("generation_id").notNull(),
  userId: text("user_id").notNull(),
  key: text("key").notNull(),
  thumbnailKey: text("thumbnail_key"),
  format: text("format", { enum: ["png", "jpeg", "webp"] }).notNull(),
  width: integer("width").notNull(),
  height: integer("height").notNull(),
  bytes: integer("bytes").notNull(),
  sha256: text("sha256").notNull(),
  title: text("title").notNull(),
  alt: text("alt").notNull(),
  visibility: text("visibility", { enum: ["private", "public"] })
    .notNull()
    .default("private"),
  favourite: integer("favourite").notNull().default(0),
  tags: text("tags").notNull().default("[]"),
  eventType: text("event_type").notNull(),
  style: text("style"),
  shape: text("shape").notNull(),
  prompt: text("prompt").notNull(),
  seed: integer("seed"),
  model: text("model").notNull(),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

export const flagChanges = sqliteTable("flag_changes", {
  id: integer("id").primaryKey(),
  changeId: text("change_id").notNull(),
  at: integer("at").notNull(),
  key: text("key").notNull(),
  via: text("via", { enum: ["admin", "wrangler", "schedule", "guard"] }).notNull(),
  actor: text("actor"),
  old: text("old").notNull(),
  new: text("new").notNull(),
  note: text("note"),
  requestId: text("request_id"),
  apiKeyId: text("api_key_id"),
});

export const flagSchedules = sqliteTable("flag_schedules", {
  id: text("id").primaryKey(),
  key: text("key").notNull(),
  value: text("value").notNull(),
  note: text("note"),
  dueAt: integer("due_at").notNull(),
  state: text("state", { enum: ["pending", "applying", "done", "canceled"] })
    .notNull()
    .default("pending"),
  claimedAt: integer("claimed_at"),
  createdBy: text("created_by").notNull(),
  createdAt: integer("created_at").notNull(),
});

export const flagOutcomes = sqliteTable(
  "flag_outcomes",
  {
    key: text("key").notNull(),
    minuteAt: integer("minute_at").notNull(),
    isOn: integer("is_on").notNull(),
    samples: integer("samples").notNull(),
    errors: integer("errors").notNull(),
  },
  (table) => [primaryKey({ columns: [table.key, table.minuteAt, table.isOn] })],
);

export const webVitals = sqliteTable("web_vitals", {
  id: integer("id").primaryKey(),
  at: integer("at").notNull(),
  page: text("page").notNull(),
  name: text("name", { enum: ["CLS", "FCP", "INP", "LCP", "TTFB"] }).notNull(),
  value: real("value").notNull(),
});

export const auditLog = sqliteTable("audit_log", {
  id: integer("id").primaryKey(),
  at: integer("at").notNull(),
  actorId: text("actor_id"),
  action: text("action").notNull(),
  subjectType: text("subject_type").notNull(),
  subjectId: text("subject_id"),
  requestId: text("request_id"),
  place: text("place"),
  details: text("details").notNull().default("{}"),
});

export const reconciliations = sqliteTable("reconciliations", {
  id: integer("id").primaryKey(),
  at: integer("at").notNull(),
  finishedAt: integer("finished_at"),
  findings: text("findings").notNull().default("[]"),
  repaired: text("repaired").notNull().default("[]"),
  accountCursor: text("account_cursor"),
  objectCursor: text("object_cursor"),
  imageCursor: text("image_cursor"),
});
