import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildAltText, buildTitle } from "../../src/generations/describe.ts";
import { arbitraryBody, getBrief } from "./briefs.ts";

const TITLE_MAX_CHARACTERS = 140;
const BIRTHDAY = { eventType: "birthday-party", answers: { age: 7, theme: "secret" }, shapes: ["3:4"] };

describe("buildTitle", () => {
  it.each([
    [BIRTHDAY, "Birthday Party, age 7"],
    [
      { eventType: "wedding", answers: { style: "Rustic", season: "Fall" }, shapes: ["3:4"] },
      "Wedding, Rustic",
    ],
    [
      { eventType: "holiday-celebration", answers: { holiday: "Sinterklaas" }, shapes: ["3:4"] },
      "Holiday Celebration, Sinterklaas",
    ],
    [{ eventType: "concert", answers: { genre: "Other" }, shapes: ["3:4"] }, "Concert"],
    [{ eventType: "potluck", shapes: ["3:4"] }, "Potluck"],
    [
      { eventType: "potluck", answers: { atmosphere: "Fun", venue: "Mia's home" }, shapes: ["3:4"] },
      "Potluck, Fun",
    ],
  ])("names the event of brief %#", (body, title) => {
    expect(buildTitle(getBrief(body))).toBe(title);
  });

  it("is one line of bounded length for any brief", () => {
    fc.assert(
      fc.property(arbitraryBody, (body) => {
        const title = buildTitle(getBrief(body));
        expect(title.length).toBeLessThanOrEqual(TITLE_MAX_CHARACTERS);
        expect(title).not.toMatch(/\n/);
      }),
    );
  });
});

describe("buildAltText", () => {
  it("names event, style, use and the text on the image, and keeps details private", () => {
    const brief = getBrief({
      ...BIRTHDAY,
      style: "pop-art",
      text: "Mia turns 7\n\nSaturday",
      details: "secret",
    });
    expect(buildAltText(brief, "3:4")).toBe(
      "Picture for a birthday party, age 7, in Pop Art style, flyer 3:4. Text: Mia turns 7 / Saturday",
    );
  });

  it("names only what is known when nothing else is given", () => {
    expect(buildAltText(getBrief({ eventType: "bbq", shapes: ["1:1"] }), "1:1")).toBe(
      "Picture for a barbecue, Instagram post 1:1.",
    );
  });

  it("leaves out lines that an edited prompt has dropped", () => {
    const brief = getBrief({
      ...BIRTHDAY,
      text: "Mia turns 7\nSaturday",
      prompt: 'A cake that reads "Saturday".',
    });
    expect(buildAltText(brief, "3:4")).toBe("Picture for a birthday party, age 7, flyer 3:4. Text: Saturday");
  });
});
