/** The contract between the form on /create and its route: what was typed is read back as it was meant. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OTHER } from "../../../src/routes/views/components/choice.tsx";
import {
  answerName,
  answerOf,
  editedPromptOf,
  initialValues,
} from "../../../src/routes/views/create/fields.ts";
import { typedValue, typedValues } from "../../../src/routes/views/form-values.ts";
import type { Question } from "../../../src/routes/views/model.ts";
import { CATALOGUE } from "./samples.tsx";

const GENRE: Question = {
  key: "genre",
  label: "What kind of music is played?",
  type: "choice",
  required: true,
  choices: ["Rock", "Jazz", OTHER],
  other: true,
};

describe("answerOf", () => {
  it("is the choice that was ticked", () => {
    expect(answerOf({ "answers.genre": "Jazz", "answers.genre.other": "left over" }, GENRE)).toBe("Jazz");
  });

  it("is the person's own words when something else was ticked", () => {
    expect(answerOf({ "answers.genre": OTHER, "answers.genre.other": "  Polka " }, GENRE)).toBe("Polka");
  });

  it("is the bare choice when something else was ticked without words", () => {
    expect(answerOf({ "answers.genre": OTHER, "answers.genre.other": " " }, GENRE)).toBe(OTHER);
  });

  it("is empty when nothing was answered", () => {
    expect(answerOf({}, GENRE)).toBe("");
  });
});

describe("editedPromptOf", () => {
  it("is null when the prompt is still the one that was built, whatever the browser did to its line breaks", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (lines) => {
        const builtPrompt = lines.map((line) => line.replaceAll(/[\r\n]/g, "")).join("\n");
        expect(editedPromptOf({ prompt: builtPrompt.replaceAll("\n", "\r\n"), builtPrompt })).toBeNull();
      }),
    );
  });

  it("is the edited prompt with plain line breaks when a word was changed", () => {
    expect(editedPromptOf({ prompt: "A red\r\nballoon", builtPrompt: "A blue\nballoon" })).toBe(
      "A red\nballoon",
    );
  });

  it("is null when there was no preview, or the prompt was emptied", () => {
    expect(editedPromptOf({})).toBeNull();
    expect(editedPromptOf({ prompt: " ", builtPrompt: "A balloon" })).toBeNull();
  });
});

describe("initialValues", () => {
  it("chooses what the catalogue offers", () => {
    const values = initialValues(CATALOGUE);
    expect(CATALOGUE.shapes.map(({ key }) => key)).toEqual(
      expect.arrayContaining([...typedValues(values, "shapes")]),
    );
    expect(CATALOGUE.qualities.map(({ key }) => key)).toContain(typedValue(values, "quality"));
    expect(typedValue(values, "count")).toBe("1");
  });

  it("chooses no shape when the catalogue has none", () => {
    expect(typedValues(initialValues({ ...CATALOGUE, shapes: [] }), "shapes")).toEqual([]);
  });
});

describe("typedValue", () => {
  it("is the first of several values, and empty for a field that wasn't sent", () => {
    expect(typedValue({ shapes: ["3:4", "1:1"] }, "shapes")).toBe("3:4");
    expect(typedValue({ shapes: [] }, "shapes")).toBe("");
    expect(typedValue({}, answerName("age"))).toBe("");
  });
});
