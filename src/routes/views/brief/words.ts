/** What a brief's page says about its pictures as a whole. Pure. */
import type { Generation } from "../model.ts";
import { countOf } from "../words.ts";

export function titleOf(generations: readonly Generation[]): string {
  if (generations.some(isOpen)) return "In the making";
  const total = generations.length;
  const done = generations.filter(isDone).length;
  if (done === 0) return generations.every(isCanceled) ? "Cancelled" : "Nothing came of it";
  if (done < total) return `${done} of ${total} pictures ${done === 1 ? "is" : "are"} ready`;
  return total === 1 ? "Your picture is ready" : "Your pictures are ready";
}

export function isDone(generation: Generation): boolean {
  return generation.status === "succeeded";
}

function isCanceled(generation: Generation): boolean {
  return generation.status === "canceled";
}

export function isOpen(generation: Generation): boolean {
  return generation.status === "queued" || generation.status === "processing";
}

export function leadOf(
  brief: { eventTypeName: string; styleName: string | null },
  generations: readonly Generation[],
): string {
  const subject =
    brief.styleName === null ? brief.eventTypeName : `${brief.eventTypeName}, ${brief.styleName}`;
  const cost = sumCosts(generations);
  if (generations.some(isOpen)) {
    return `${subject}. ${countOf(generations.length, "picture")} for ${countOf(cost, "credit")}, spent only on what arrives.`;
  }
  const spent = sumCosts(generations.filter(isDone));
  const givenBack = spent === cost ? "" : `, ${countOf(cost - spent, "credit")} given back`;
  return `${subject}. ${countOf(spent, "credit")} spent${givenBack}.`;
}

function sumCosts(generations: readonly Generation[]): number {
  return generations.reduce((sum, { cost }) => sum + cost, 0);
}

export function summaryOf(generations: readonly Generation[]): string {
  const done = generations.filter(isDone).length;
  const open = generations.filter(isOpen).length;
  return `${done} of ${countOf(generations.length, "picture")} done, ${open} in the making.`;
}
