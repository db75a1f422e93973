/**
 * Everything the simulator remembers, as plain JSON, so that a Durable Object can keep it across restarts.
 * Every list is bounded: the oldest entries go first.
 */

import * as z from "zod";
import { type FaultName, isFaultName } from "./faults.ts";

export const JOBS_MAX = 500;
export const CALLS_MAX = 1_000;
export const CHARGES_MAX = 2_000;
export const PLANNED_FAULTS_MAX = 50;
export const DELIVERIES_MAX = 500;
export const SUBMISSION_COUNTS_MAX = 500;

/** Raised whenever the shape below changes; a stored state of another version is dropped. */
const STATE_VERSION = 1;

const faultSchema = z.object({
  name: z.custom<FaultName>(isFaultName),
  number: z.number().nullable(),
});

const jobSchema = z.object({
  id: z.string(),
  /** Counts all generations from 0; things that change "in turn" follow it. */
  sequence: z.int(),
  model: z.string(),
  prompt: z.string(),
  /** The prompt as the provider rewrote it. */
  finalPrompt: z.string(),
  seed: z.int(),
  width: z.int(),
  height: z.int(),
  hasGenerationKind: z.boolean(),
  images: z.array(z.object({ id: z.string(), seed: z.int() })),
  /** Milliseconds of the virtual clock; null = never. */
  createdAt: z.number(),
  completesAt: z.number().nullable(),
  /** The address by which the submitter reached the simulator. */
  origin: z.string(),
  webhookUrl: z.string().nullable(),
  faults: z.array(faultSchema),
  /** How often each fault has happened to it. */
  counts: z.record(z.string(), z.number()),
});

const callSchema = z.object({
  at: z.number(),
  method: z.string(),
  host: z.string(),
  path: z.string(),
  dryRun: z.boolean(),
  /** Null when no status was sent: the connection broke, or the answer never came. */
  status: z.number().nullable(),
  apiKey: z.enum(["valid", "wrong", "none"]),
  hasAuthorization: z.boolean(),
  generationId: z.string().nullable(),
  fault: z.string().nullable(),
  /** The fields of a generate request; long texts are cut. */
  fields: z.record(z.string(), z.unknown()).nullable(),
});

const chargeSchema = z.object({
  at: z.number(),
  generationId: z.string(),
  billingIdentifier: z.string(),
  images: z.int(),
  usdMicros: z.int(),
});

const plannedFaultSchema = z.object({
  fault: faultSchema,
  /** Uses left; null = until cleared. */
  left: z.number().nullable(),
  probability: z.number(),
});

const deliverySchema = z.object({
  generationId: z.string(),
  dueAt: z.number(),
  attempt: z.int(),
});

const keySchema = z.object({ kid: z.string(), privateKey: z.string(), publicKey: z.string() });

export const stateSchema = z.object({
  version: z.literal(STATE_VERSION),
  clockOffsetMilliseconds: z.number(),
  nextSequence: z.int(),
  jobs: z.array(jobSchema),
  calls: z.array(callSchema),
  charges: z.array(chargeSchema),
  plannedFaults: z.array(plannedFaultSchema),
  /** How often a fault of the prompt itself has hit the same submission. */
  submissionCounts: z.record(z.string(), z.number()),
  /** When the polls of the last seconds came, oldest first. */
  pollTimes: z.array(z.number()),
  deliveries: z.array(deliverySchema),
  /** Base64url of PKCS #8 and of the raw public key; made when first needed. */
  webhookKeys: z.object({ current: keySchema, previous: keySchema }).nullable(),
});

export type SimulatorState = z.infer<typeof stateSchema>;
export type Job = z.infer<typeof jobSchema>;
export type Call = z.infer<typeof callSchema>;
export type Charge = z.infer<typeof chargeSchema>;
export type PlannedFault = z.infer<typeof plannedFaultSchema>;
export type Delivery = z.infer<typeof deliverySchema>;
export type WebhookKey = z.infer<typeof keySchema>;

export function createState(): SimulatorState {
  return {
    version: STATE_VERSION,
    clockOffsetMilliseconds: 0,
    nextSequence: 0,
    jobs: [],
    calls: [],
    charges: [],
    plannedFaults: [],
    submissionCounts: {},
    pollTimes: [],
    deliveries: [],
    webhookKeys: null,
  };
}

/** Adds to a bounded list; the oldest entry makes room. */
export function append<Item>(list: Item[], item: Item, max: number): void {
  list.push(item);
  if (list.length > max) list.splice(0, list.length - max);
}
