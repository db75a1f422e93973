import { describe, expect, it } from "vitest";
import { EVENT_TYPES, QUALITIES, SHAPES, STYLES } from "../../src/generations/catalogue.ts";
import { OTHER_CHOICE } from "../../src/generations/questions.ts";

const KEBAB_CASE = /^[a-z]+(-[a-z]+)*$/;
/** Words that would ask the provider for lettering behind the back of the text mode. */
const WRITING =
  /\b(text|letter\w*|word\w*|written|writing|caption\w*|title\w*|slogan\w*|typograph\w*|logo\w*)\b/i;

const QUESTIONS = EVENT_TYPES.flatMap((type) => type.questions.map((question) => ({ type, question })));

describe("event types", () => {
  it("are the 23 of the product, in order", () => {
    expect(EVENT_TYPES.map(({ key }) => key)).toEqual([
      "birthday-party",
      "wedding",
      "corporate-event",
      "holiday-celebration",
      "concert",
      "sports-event",
      "nightlife",
      "family-gathering",
      "bbq",
      "park-gathering",
      "community-event",
      "fundraiser",
      "workshop",
      "meetup",
      "celebration",
      "reunion",
      "potluck",
      "game-night",
      "book-club",
      "art-class",
      "fitness-class",
      "breakdancing",
      "pottery",
    ]);
  });

  it("require exactly the answers without which there is no picture", () => {
    const required = QUESTIONS.filter(({ question }) => question.required);
    expect(required.map(({ type, question }) => `${type.key} ${question.key}`)).toEqual([
      "birthday-party age",
      "wedding style",
      "corporate-event kind",
      "holiday-celebration holiday",
      "concert genre",
      "sports-event sport",
    ]);
  });

  it("ask for venue, atmosphere, activities and decorations from the eighth on", () => {
    for (const type of EVENT_TYPES.slice(7)) {
      expect(
        type.questions.map(({ key }) => key),
        type.key,
      ).toEqual(["venue", "atmosphere", "activities", "decorations"]);
    }
  });

  it("have short kebab-case question keys, unique within the type", () => {
    for (const type of EVENT_TYPES) {
      const keys = type.questions.map(({ key }) => key);
      expect(new Set(keys).size, type.key).toBe(keys.length);
      for (const key of keys) expect(key).toMatch(KEBAB_CASE);
    }
  });

  it("take an own answer exactly where the list ends with Other", () => {
    for (const { question } of QUESTIONS) {
      if (question.type !== "choice") continue;
      expect(question.other).toBe(question.choices.at(-1) === OTHER_CHOICE);
      expect(question.choices.indexOf(OTHER_CHOICE)).toBe(question.other ? question.choices.length - 1 : -1);
      expect(new Set(question.choices).size).toBe(question.choices.length);
    }
  });

  it("never ask for lettering in an occasion, a scene or a phrase", () => {
    for (const type of EVENT_TYPES) expect(`${type.occasion} ${type.scene}`).not.toMatch(WRITING);
    for (const { question } of QUESTIONS) expect(question.phrase("")).not.toMatch(WRITING);
  });
});

describe("styles", () => {
  it("are the 12 of the product, in order", () => {
    expect(STYLES.map(({ name }) => name)).toEqual([
      "Wild Card",
      "Pop Art",
      "Children Book",
      "Golden Harmony",
      "Vintage Film Poster",
      "Retro Game",
      "Cyberpunk",
      "Origami",
      "Fantasy World",
      "Street Art",
      "Political Satire",
      "Unicorn Balloon Bash",
    ]);
  });

  it("have a key that is the name in kebab-case, and a look without lettering", () => {
    for (const { key, name, look } of STYLES) {
      expect(key).toBe(name.toLowerCase().replaceAll(" ", "-"));
      expect(look).not.toMatch(WRITING);
    }
  });
});

describe("shapes and qualities", () => {
  it("have a ratio that is the key, in lowest terms", () => {
    expect(SHAPES.map(({ key }) => key)).toEqual(["16:9", "4:3", "1:1", "9:16", "3:4", "4:5", "5:7", "2:3"]);
    for (const { key, ratio } of SHAPES) expect(ratio.join(":")).toBe(key);
  });

  it("cost one credit at standard and two at high quality", () => {
    expect(QUALITIES.map(({ key, cost, providerQuality }) => [key, cost, providerQuality])).toEqual([
      ["standard", 1, "medium"],
      ["high", 2, "high"],
    ]);
  });
});
