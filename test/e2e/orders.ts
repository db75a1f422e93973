/** Ordering pictures through the form, for tests that are about what comes after. */
import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { expect, inject } from "vitest";
import { PATIENCE_MS } from "../support/eventually.ts";

/** Sends the form without showing it, as whoever is signed in; returns the address of the page that follows. */
export async function orderByForm(page: Page, fields: Record<string, string> = {}): Promise<string> {
  const response = await page.request.post("/create", {
    form: {
      eventType: "bbq",
      intent: "create",
      idempotencyKey: randomUUID(),
      shapes: "1:1",
      quality: "standard",
      count: "1",
      ...fields,
    },
    headers: { Origin: inject("stack").origin },
    maxRedirects: 0,
  });
  expect(response.status()).toBe(303);
  return response.headers()["location"] ?? "";
}

/** Stays on the page of an order until none of its pictures is in the making. */
export async function waitUntilSettled(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page
    .locator(".sheet-queued, .sheet-processing")
    .first()
    .waitFor({ state: "detached", timeout: PATIENCE_MS });
}
