/**
 * The plain shapes that views are given. They follow the bodies of the JSON API, so that a route can
 * hand a page what it would answer as JSON. Nothing here is read, stored or computed.
 */

export type Role = "USER" | "ADMIN" | "HERO";

export interface Credits {
  available: number;
  held: number;
}

/** The signed-in person, as far as the page's frame shows them. */
export interface Viewer {
  name: string;
  role: Role;
  credits: Credits;
}

/** One message about what the last request did, shown once at the top of the page. */
export interface Notice {
  kind: "success" | "info" | "warning" | "error";
  text: string;
}

export interface Build {
  version: string;
  commit: string;
}

/** Something that holds until somebody changes it, shown to administrators on every page. */
export interface Alert {
  text: string;
  /** Where it can be put right. */
  href: string;
}

/** What surrounds every page; a route builds it once per request. */
export interface Frame {
  viewer: Viewer | null;
  notice: Notice | null;
  build: Build;
  /** False while the animations flag is off; prefers-reduced-motion wins in any case. */
  animations: boolean;
  alerts?: readonly Alert[];
  /** The page's route, on views whose speed is measured. */
  measuredPage?: string | undefined;
}

/** What the person typed, by field name, exactly as the form sent it. */
export type FormValues = Readonly<Record<string, string | readonly string[]>>;

/** A form that wasn't taken, as it was sent: it can be sent again. */
export interface UnsentForm {
  action: string;
  fields: readonly (readonly [name: string, value: string])[];
}

/** One sentence per field name; the form shows it at the field and in the summary. */
export type FieldErrors = Readonly<Record<string, string>>;

export interface Question {
  key: string;
  label: string;
  /** An example of an answer. */
  hint?: string;
  type: "text" | "number" | "choice";
  required: boolean;
  choices?: readonly string[];
  /** The choice also takes an answer in the person's own words. */
  other?: boolean;
  min?: number;
  max?: number;
  maxLength?: number;
}

export interface EventType {
  key: string;
  name: string;
  questions: readonly Question[];
}

export interface Style {
  key: string;
  name: string;
  thumbnail?: string;
}

export interface Shape {
  key: string;
  use: string;
  width: number;
  height: number;
}

export interface Quality {
  key: string;
  name: string;
  cost: number;
}

export interface Limits {
  picturesMax: number;
  textMaxCharacters: number;
  detailsMaxCharacters: number;
  promptMaxCharacters: number;
  otherMaxCharacters: number;
  seedMax: number;
}

/** The body of GET /api/catalogue. */
export interface Catalogue {
  eventTypes: readonly EventType[];
  styles: readonly Style[];
  shapes: readonly Shape[];
  qualities: readonly Quality[];
  limits: Limits;
}

export type GenerationStatus = "queued" | "processing" | "succeeded" | "failed" | "canceled";

export interface Image {
  id: string;
  generationId: string;
  url: string;
  thumbnailUrl: string;
  downloadUrl: string;
  width: number;
  height: number;
  format: string;
  bytes: number;
  sha256: string;
  title: string;
  alt: string;
  visibility: "private" | "public";
  favourite: boolean;
  eventType: string;
  style: string | null;
  shape: string;
  createdAt: string;
  can: { edit: boolean; publish: boolean; delete: boolean };
  /** Only the owner is given the next three. */
  tags?: readonly string[];
  prompt?: string;
  seed?: number | null;
}

/** One picture in the making. Times are ISO 8601. */
export interface Generation {
  id: string;
  status: GenerationStatus;
  cost: number;
  shape: string;
  quality: string;
  eventType: string;
  style: string | null;
  createdAt: string;
  updatedAt: string;
  progress: { step: string; since: string };
  error: { code: string; message: string; refunded: boolean } | null;
  image: Image | null;
}

/** One line of the ledger, with signed whole numbers. */
export interface Entry {
  id: string | number;
  kind: string;
  available: number;
  held: number;
  reason: string | null;
  actor: string | null;
  generationId: string | null;
  createdAt: string;
}

export interface Person {
  id: string;
  email: string;
  name: string;
  role: Role;
  disabled: boolean;
  emailVerified: boolean;
  createdAt: string;
  credits: Credits;
}

/** One line of the audit log. */
export interface AuditRecord {
  id: string;
  at: string;
  action: string;
  /** Null when nobody was signed in; without an address once the person is erased. */
  actor: { id: string; email: string | null } | null;
  subject: { type: string; id: string | null; email: string | null };
  place: string | null;
  requestId: string | null;
  details: Record<string, unknown>;
}

/** A place where the person is signed in. */
export interface Device {
  id: string;
  /** The one that asks. */
  current: boolean;
  /** For example "Firefox on Linux". */
  device: string;
  method: string;
  place: string | null;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
}

/** A passkey that opens the person's account. */
export interface Passkey {
  id: string;
  name: string;
  createdAt: string;
  lastUsedAt: string | null;
}

/** An identity provider, and whose account there opens the person's account. */
export interface Connection {
  id: string;
  name: string;
  /** Null when none is connected. */
  email: string | null;
}

/** A key for programs, without its secret. */
export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  scopes: readonly string[];
  createdAt: string;
  lastUsedAt: string | null;
}
