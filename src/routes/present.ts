/** Rows as the bodies of the HTTP contract. Pages are given the same objects. */
import { describeDevice } from "../auth/device.ts";
import type { ProviderSettings } from "../auth/oauth/settings.ts";
import type { Principal } from "../auth/principal.ts";
import type { ApiKeyRow } from "../db/api-keys.ts";
import type { AuditRow } from "../db/audit.ts";
import type { EntryRow } from "../db/entries.ts";
import type { GenerationRow } from "../db/generations.ts";
import type { ImageRow } from "../db/images.ts";
import type { PasskeyRow } from "../db/passkeys.ts";
import type { ProviderAccountRow } from "../db/provider-accounts.ts";
import type { DeviceRow } from "../db/sessions.ts";
import type { UserRow } from "../db/users.ts";
import { describeFailure, isFailureCode } from "../generations/failures.ts";
import type {
  ApiKey,
  AuditRecord,
  Connection,
  Device,
  Entry,
  Generation,
  Image,
  Passkey,
  Person,
} from "./views/model.ts";

export function presentGeneration(row: GenerationRow): Generation {
  return {
    id: row.id,
    status: row.status,
    cost: row.cost,
    shape: row.shape,
    quality: row.quality,
    eventType: row.eventType,
    style: row.style,
    createdAt: toIso(row.createdAt),
    updatedAt: toIso(row.updatedAt),
    progress: { step: row.step, since: toIso(row.stepAt) },
    error: presentFailure(row),
    image: presentGenerationImage(row),
  };
}

function presentFailure(row: GenerationRow): Generation["error"] {
  if (row.errorCode === null || !isFailureCode(row.errorCode)) return null;
  return { code: row.errorCode, message: describeFailure(row.errorCode, row.cost), refunded: true };
}

function presentGenerationImage(row: GenerationRow): Image | null {
  if (row.image === null) return null;
  return presentImage(
    {
      ...row.image,
      generationId: row.id,
      userId: row.userId,
      shape: row.shape,
      eventType: row.eventType,
      style: row.style,
    },
    row.userId,
  );
}

/** What a picture's body needs; both a row of images and a generation with its picture have it. */
export type PresentableImage = Omit<ImageRow, "key" | "thumbnailKey" | "model" | "briefId" | "updatedAt">;

/** Prompt, seed and tags are for the owner only. `viewerId` is null for anonymous visitors. */
export function presentImage(row: PresentableImage, viewerId: string | null): Image {
  const isOwner = row.userId === viewerId;
  return {
    id: row.id,
    generationId: row.generationId,
    url: `/images/${row.id}/original`,
    thumbnailUrl: `/images/${row.id}/thumb`,
    downloadUrl: `/images/${row.id}/download`,
    width: row.width,
    height: row.height,
    format: row.format,
    bytes: row.bytes,
    sha256: row.sha256,
    title: row.title,
    alt: row.alt,
    visibility: row.visibility,
    favourite: isOwner && row.favourite === 1,
    ...(isOwner ? { tags: parseTags(row.tags) } : {}),
    eventType: row.eventType,
    style: row.style,
    shape: row.shape,
    ...(isOwner ? { prompt: row.prompt, seed: row.seed } : {}),
    createdAt: toIso(row.createdAt),
    can: { edit: isOwner, publish: isOwner, delete: isOwner },
  };
}

function parseTags(text: string): string[] {
  const tags: unknown = JSON.parse(text);
  return Array.isArray(tags) ? tags.map(String) : [];
}

/** A person as admins see them. */
export function presentUser(row: UserRow): Person {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    disabled: row.disabledAt !== null,
    emailVerified: row.emailVerifiedAt !== null,
    createdAt: toIso(row.createdAt),
    credits: { available: row.available, held: row.held },
  };
}

/** The signed-in person, as `GET /api/me` and the sign-in answer give it. */
export function presentMe(principal: Pick<Principal, "id" | "email" | "name" | "role" | "emailVerified">) {
  return {
    id: principal.id,
    email: principal.email,
    name: principal.name,
    role: principal.role,
    emailVerified: principal.emailVerified,
  };
}

/** The same from the person's row. */
export function presentAccount(row: UserRow) {
  return presentMe({ ...row, emailVerified: row.emailVerifiedAt !== null });
}

export function presentEntry(row: EntryRow): Entry {
  return {
    id: String(row.id),
    kind: row.kind,
    available: row.available,
    held: row.held,
    reason: row.reason,
    actor: row.actorId,
    generationId: row.generationId,
    createdAt: toIso(row.createdAt),
  };
}

/** One of the person's own sessions; `currentId` is the one that asks. */
export function presentDevice(row: DeviceRow, currentId: string | null): Device {
  return {
    id: row.id,
    current: row.id === currentId,
    device: describeDevice(row.userAgent),
    method: row.method,
    place: row.place,
    createdAt: toIso(row.createdAt),
    lastUsedAt: toIso(row.lastUsedAt),
    expiresAt: toIso(row.expiresAt),
  };
}

export function presentPasskey(row: PasskeyRow): Passkey {
  return {
    id: row.credentialId,
    name: row.name,
    createdAt: toIso(row.createdAt),
    lastUsedAt: row.lastUsedAt === null ? null : toIso(row.lastUsedAt),
  };
}

/** A provider that this deployment offers, and the account there that opens this one. */
export function presentConnection(
  provider: ProviderSettings,
  rows: readonly ProviderAccountRow[],
): Connection {
  const { id, name } = provider;
  return { id, name, email: rows.find((row) => row.provider === id)?.email ?? null };
}

/** A key without its secret, which nobody can read again. */
export function presentApiKey(row: ApiKeyRow): ApiKey {
  const scopes: unknown = JSON.parse(row.scopes);
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: Array.isArray(scopes) ? scopes.map(String) : [],
    createdAt: toIso(row.createdAt),
    lastUsedAt: row.lastUsedAt === null ? null : toIso(row.lastUsedAt),
  };
}

/** What was recorded, with its two people as they are called now; an erased one has only a number. */
export function presentAuditRow(row: AuditRow): AuditRecord {
  return {
    id: String(row.id),
    at: toIso(row.at),
    action: row.action,
    actor: row.actorId === null ? null : { id: row.actorId, email: row.actorEmail },
    subject: { type: row.subjectType, id: row.subjectId, email: row.subjectEmail },
    place: row.place,
    requestId: row.requestId,
    details: parseDetails(row.details),
  };
}

function parseDetails(text: string): Record<string, unknown> {
  const details: unknown = JSON.parse(text);
  return typeof details === "object" && details !== null ? { ...details } : {};
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
