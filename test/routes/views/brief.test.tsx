/** The progress page: every picture with its real state, and what can be done about it. */
import { describe, expect, it } from "vitest";
import { BriefPage, type EqualOrder } from "../../../src/routes/views/brief.tsx";
import type { Generation } from "../../../src/routes/views/model.ts";
import { attribute, byName, type Element, readElements, render } from "./markup.ts";
import { frameFor, sampleGeneration, sampleImage, VIEWER } from "./samples.tsx";

/** The rewriter reads a noscript element as text. */
const REFRESH = '<noscript><meta http-equiv="refresh" content="5"/></noscript>';

function renderHtml(generations: Generation[], equalOrder: EqualOrder | null = null): Promise<string> {
  return render(
    <BriefPage
      frame={frameFor(VIEWER)}
      brief={{ id: "b1", eventTypeName: "Concert", styleName: null }}
      generations={generations}
      equalOrder={equalOrder}
      now="2026-11-22T18:07:18.000Z"
    />,
  );
}

async function renderBrief(
  generations: Generation[],
  equalOrder: EqualOrder | null = null,
): Promise<Element[]> {
  return readElements(await renderHtml(generations, equalOrder));
}

function textOf(elements: readonly Element[], name: string): string | undefined {
  return elements.find(({ tag, attributes }) => tag === name || attributes.get("class") === name)?.text;
}

function sheetOf(elements: readonly Element[], status: string): Element | undefined {
  return elements.find((element) => attribute(element, "data-status") === status);
}

describe("a brief with pictures in the making", () => {
  it("names the step and for how long, and is read again without scripts", async () => {
    const elements = await renderBrief([sampleGeneration("processing", "3:4", "generating")]);
    const sheet = sheetOf(elements, "processing");
    expect(sheet?.text).toContain("Drawing · 2 min");
    expect(sheet && attribute(sheet, "data-step")).toBe("generating");
    expect(await renderHtml([sampleGeneration("processing", "3:4", "generating")])).toContain(REFRESH);
    expect(elements.some((element) => attribute(element, "src")?.startsWith("/scripts/brief.js"))).toBe(true);
  });

  it("marks the current step for assistive technology", async () => {
    const elements = await renderBrief([sampleGeneration("processing", "3:4", "downloading")]);
    const current = elements.find((element) => attribute(element, "aria-current") === "step");
    expect(current?.text).toBe("Fetching the picture");
  });

  it("shows a step that it doesn't know by its own name", async () => {
    const elements = await renderBrief([sampleGeneration("processing", "3:4", "polishing")]);
    expect(sheetOf(elements, "processing")?.text).toContain("polishing");
    expect(elements.some((element) => attribute(element, "aria-current") === "step")).toBe(false);
  });

  it("can cancel what waits, and only that", async () => {
    const waiting = sampleGeneration("queued", "3:4", "queued");
    const elements = await renderBrief([waiting, sampleGeneration("processing", "1:1", "generating")]);
    const cancels = elements.filter((element) => attribute(element, "action") === "/briefs/b1/cancel");
    expect(cancels).toHaveLength(1);
    expect(attribute(byName(elements, "generationId"), "value")).toBe(waiting.id);
  });

  it("tells the sum of it politely", async () => {
    const elements = await renderBrief([
      sampleGeneration("queued", "3:4", "queued"),
      sampleGeneration("succeeded", "9:16", "storing", { image: sampleImage(3) }),
    ]);
    const news = elements.find((element) => attribute(element, "data-hook") === "progress-news");
    expect(news && attribute(news, "role")).toBe("status");
    expect(news?.text).toBe("1 of 2 pictures done, 1 in the making.");
  });
});

describe("a brief that has come to its end", () => {
  it("shows the stored picture and links to it", async () => {
    const image = sampleImage(3);
    const elements = await renderBrief([sampleGeneration("succeeded", "9:16", "storing", { image })]);
    const picture = elements.find(({ tag }) => tag === "img");
    expect(picture && attribute(picture, "src")).toBe(image.thumbnailUrl);
    expect(picture && attribute(picture, "alt")).toBe(image.alt);
    expect(elements.some((element) => attribute(element, "href") === `/images/${image.id}`)).toBe(true);
    expect(await renderHtml([sampleGeneration("succeeded", "9:16", "storing", { image })])).not.toContain(
      "refresh",
    );
    expect(elements.some((element) => attribute(element, "src")?.includes("brief.js"))).toBe(false);
  });

  it("says why a picture failed, in the server's words, and offers to try again", async () => {
    const message = "The provider refused <this> prompt. Your 1 credit is back.";
    const elements = await renderBrief([
      sampleGeneration("failed", "3:4", "generating", {
        error: { code: "prompt_refused", message, refunded: true },
      }),
    ]);
    expect(sheetOf(elements, "failed")?.text).toContain(message);
    expect(elements.some((element) => attribute(element, "href") === "/create?from=b1")).toBe(true);
  });

  it("offers to try the one picture again that failed, and not those that were paid for", async () => {
    const elements = await renderBrief([
      sampleGeneration("succeeded", "1:1", "storing", { image: sampleImage(3) }),
      sampleGeneration("failed", "9:16", "generating"),
    ]);
    const again = elements.find(
      (element) => element.tag === "a" && element.text === "Try again to make Picture 2 of 2",
    );
    expect(again && attribute(again, "href")).toBe("/create?from=b1&shape=9%3A16");
  });

  it.each([
    [["succeeded"], "Your picture is ready", "Concert. 1 credit spent."],
    [["succeeded", "succeeded"], "Your pictures are ready", "Concert. 2 credits spent."],
    [
      ["failed", "succeeded", "succeeded"],
      "2 of 3 pictures are ready",
      "Concert. 2 credits spent, 1 credit given back.",
    ],
    [["canceled", "succeeded"], "1 of 2 pictures is ready", "Concert. 1 credit spent, 1 credit given back."],
    [["failed", "canceled"], "Nothing came of it", "Concert. 0 credits spent, 2 credits given back."],
    [["canceled"], "Cancelled", "Concert. 0 credits spent, 1 credit given back."],
  ] as const)("tells of %j what there is, and what it cost in the end", async (statuses, title, lead) => {
    const elements = await renderBrief(
      statuses.map((status) => ({ ...sampleGeneration(status, "1:1", "storing"), cost: 1 })),
    );
    expect(textOf(elements, "h1")).toBe(title);
    expect(textOf(elements, "lead")).toBe(lead);
    expect(textOf(elements, "title")).toBe(`${title}: Concert · Eventide`);
    expect(elements.some((element) => attribute(element, "href") === "/create?from=b1")).toBe(true);
  });

  it("offers each picture for download, and says which one it is", async () => {
    const image = sampleImage(3);
    const elements = await renderBrief([sampleGeneration("succeeded", "9:16", "storing", { image })]);
    const link = elements.find((element) => attribute(element, "href") === image.downloadUrl);
    expect(link?.attributes.has("download")).toBe(true);
    expect(link?.text).toBe("Download Picture 1 of 1");
  });

  it("says that the credits are back when no reason is known", async () => {
    const elements = await renderBrief([sampleGeneration("failed", "3:4", "generating")]);
    expect(sheetOf(elements, "failed")?.text).toContain("The credits are back in your account.");
  });
});

describe("a brief that asks for the same as another one shortly before", () => {
  const equalOrder = { id: "b0", gapMs: 125_000 };

  it("says so and leads there, and how to keep only one while something waits", async () => {
    const elements = await renderBrief([sampleGeneration("queued", "1:1", "queued")], equalOrder);
    expect(textOf(elements, "notice notice-warning")).toBe(
      "You made the same order 2 minutes before this one: here are its pictures. If once is enough, cancel below what is still waiting, and its credits come back.",
    );
    expect(elements.some((element) => attribute(element, "href") === "/briefs/b0")).toBe(true);
  });

  it("doesn't speak of cancelling when nothing waits any more", async () => {
    const elements = await renderBrief([sampleGeneration("processing", "1:1", "generating")], equalOrder);
    expect(textOf(elements, "notice notice-warning")).not.toContain("cancel");
  });

  it("says nothing when there is no such order", async () => {
    const elements = await renderBrief([sampleGeneration("queued", "1:1", "queued")]);
    expect(textOf(elements, "notice notice-warning")).toBeUndefined();
  });
});
