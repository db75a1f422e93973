import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVENT_TYPES, STYLES } from "../../src/generations/catalogue.ts";
import { withoutQuotationMarks } from "../../src/generations/lettering.ts";
import { DETAILS_MAX_CHARACTERS, PROMPT_MAX_CHARACTERS } from "../../src/generations/limits.ts";
import { buildPrompt } from "../../src/generations/prompt.ts";
import { buildPhrase, type Question } from "../../src/generations/questions.ts";
import { arbitraryBuiltBrief, arbitraryWords, buildBody, getBrief } from "./briefs.ts";

const NO_LETTERING = "No lettering: the picture contains no text, letters, numbers or logos.";
const THE_ONLY_LETTERING = "The only lettering is";
const PROMPT = { eventType: "potluck", shapes: ["1:1"] };

const QUESTIONS = EVENT_TYPES.flatMap((type) =>
  type.questions.map((question) => ({ name: `${type.key} ${question.key}`, type, question })),
);

/** Every answer that is worth a try: all choices, own words, both ends of a range. */
function listAnswersToTry(question: Question): (string | number)[] {
  switch (question.type) {
    case "text":
      return ["violet zebras & 3 owls", "x".repeat(question.maxLength)];
    case "number":
      return [question.min, question.max, String(question.min + 1)];
    case "choice":
      return [...question.choices, ...(question.other ? ["zebras in violet"] : [])];
  }
}

function promptOf(body: unknown): string {
  return buildPrompt(getBrief(body)).prompt;
}

describe("buildPrompt, answers", () => {
  it.each(QUESTIONS)("says every answer to $name", ({ type, question }) => {
    const body = buildBody(type);
    for (const answer of listAnswersToTry(question)) {
      const prompt = promptOf({ ...body, answers: { ...body.answers, [question.key]: answer } });
      const phrase = buildPhrase(question, String(answer));
      expect(phrase).toContain(String(answer));
      expect(prompt).toContain(`${phrase}. `);
    }
  });

  it("says every answer, the details and the style of any brief, and nothing is cut", () => {
    fc.assert(
      fc.property(arbitraryBuiltBrief, (brief) => {
        const { prompt } = buildPrompt(brief);
        for (const answer of Object.values(brief.answers)) {
          expect(prompt).toContain(withoutQuotationMarks(String(answer)));
        }
        if (brief.details !== undefined) expect(prompt).toContain(withoutQuotationMarks(brief.details));
        for (const { key, name } of STYLES)
          if (key === brief.style) expect(prompt).toContain(`${name} style: `);
        expect(prompt.length).toBeLessThanOrEqual(PROMPT_MAX_CHARACTERS);
      }),
    );
  });

  it("keeps the order of the questions, whatever the order of the answers", () => {
    const prompt = promptOf({
      ...PROMPT,
      answers: { decorations: "garlands", venue: "a barn", activities: "eating" },
    });
    expect(prompt).toContain("The venue: a barn. People enjoy eating. Decorated with garlands.");
  });

  it("does not double a full stop that the person wrote", () => {
    expect(promptOf({ ...PROMPT, details: "Bring bread!" })).toContain(" Bring bread! One clear focal point");
  });

  it("is one prompt for all shapes", () => {
    expect(promptOf({ ...PROMPT, shapes: ["9:16", "16:9"] })).toBe(promptOf(PROMPT));
  });

  it("gives up the composition first and the scene next when there is little room", () => {
    const details = "d".repeat(DETAILS_MAX_CHARACTERS);
    const venue = "v".repeat(200);
    const activities = "a".repeat(200);
    const full = promptOf(PROMPT);
    const crowded = { ...PROMPT, details, answers: { venue, activities, decorations: "x".repeat(200) } };
    const lean = promptOf({ ...crowded, text: "t".repeat(50) });
    const leanest = promptOf({ ...crowded, text: "t".repeat(200) });
    expect(full).toContain("a long table laden");
    expect(full).toContain("One clear focal point");
    expect(lean).toContain("a long table laden");
    expect(lean).not.toContain("One clear focal point");
    expect(leanest).toMatch(/^Striking artwork for a potluck\. /);
  });
});

describe("buildPrompt, text", () => {
  it("asks for no lettering when no text is given", () => {
    const prompt = promptOf(PROMPT);
    expect(prompt.endsWith(NO_LETTERING)).toBe(true);
    expect(prompt).not.toContain(THE_ONLY_LETTERING);
  });

  it("quotes exactly the given lines when a text is given", () => {
    expect(promptOf({ ...PROMPT, text: "Potluck at Noor's\n\n  3 May, 6 pm  \n12 Elm Street" })).toMatch(
      /: "Potluck at Noor's", "3 May, 6 pm", "12 Elm Street"\.$/,
    );
    expect(promptOf({ ...PROMPT, text: "Welcome" })).toMatch(
      /is this line, crisp, legible and exactly as quoted: "Welcome"\.$/,
    );
  });

  it("quotes with marks that the text doesn't use", () => {
    expect(promptOf({ ...PROMPT, text: 'The "Big" One' })).toMatch(/: “The "Big" One”\.$/);
    expect(promptOf({ ...PROMPT, text: 'The "Big" “One”' })).toMatch(/: «The "Big" “One”»\.$/);
  });

  it("never asks for both modes, whatever the words are", () => {
    fc.assert(
      fc.property(arbitraryBuiltBrief, (brief) => {
        const { prompt } = buildPrompt({ ...brief, details: "plain" });
        expect(prompt.includes(NO_LETTERING)).toBe(brief.text === undefined);
        expect(prompt.includes(THE_ONLY_LETTERING)).toBe(brief.text !== undefined);
      }),
    );
  });

  it("puts nothing in double quotation marks but the lines of the text", () => {
    const lines = fc.array(arbitraryWords(30, '"'), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(lines, arbitraryWords(60), (text, words) => {
        const prompt = promptOf({
          ...PROMPT,
          answers: { venue: words },
          details: `say "hello" ${words}`,
          text: text.join("\n"),
        });
        expect(Array.from(prompt.matchAll(/"([^"]*)"/g), ([, quoted]) => quoted)).toEqual(text);
      }),
    );
    expect(promptOf({ ...PROMPT, details: 'say "hello" and “bye”' })).toContain("say 'hello' and 'bye'.");
  });
});

describe("buildPrompt, magic prompt", () => {
  it.each([
    ["off when the text has to stay as it is", { text: "Hello" }, "off"],
    ["off when the text has to stay, even with a wild card", { text: "Hello", style: "wild-card" }, "off"],
    ["on for a wild card, so that the provider surprises", { style: "wild-card" }, "on"],
    ["auto for another style", { style: "origami" }, "auto"],
    ["auto without a style", {}, "auto"],
    ["off when the person edited the prompt", { prompt: "A cat.", style: "wild-card" }, "off"],
  ])("is %s", (_, fields, magicPrompt) => {
    expect(buildPrompt(getBrief({ ...PROMPT, ...fields })).magicPrompt).toBe(magicPrompt);
  });

  it("sends the edited prompt word for word", () => {
    const prompt = 'A cat.\nIt says "meow".';
    expect(promptOf({ ...PROMPT, prompt, details: "ignored", text: "meow" })).toBe(prompt);
  });
});
