import { describe, expect, it } from "vitest";
import { parseBrief } from "../../src/generations/brief.ts";
import { buildCatalogueJson, type QuestionJson } from "../../src/generations/catalogue-json.ts";

const catalogue = buildCatalogueJson("ideogram-4-5");

function findQuestion(typeKey: string, key: string): QuestionJson | undefined {
  return catalogue.eventTypes
    .find((type) => type.key === typeKey)
    ?.questions.find((question) => question.key === key);
}

/** An answer built from nothing but the public description. */
function buildAnswer({ type, choices, min }: QuestionJson): string | number | undefined {
  if (type === "number") return min;
  return type === "choice" ? choices?.at(-1) : "something";
}

describe("buildCatalogueJson", () => {
  it("describes a question of each kind with its bounds and nothing else", () => {
    expect(findQuestion("birthday-party", "age")).toEqual({
      key: "age",
      label: "How old are they turning?",
      type: "number",
      required: true,
      min: 1,
      max: 130,
    });
    expect(findQuestion("wedding", "colour-scheme")).toEqual({
      key: "colour-scheme",
      label: "What are the colours?",
      type: "text",
      required: false,
      maxLength: 200,
    });
    expect(findQuestion("wedding", "season")).toEqual({
      key: "season",
      label: "In which season is it?",
      type: "choice",
      required: false,
      choices: ["Spring", "Summer", "Fall", "Winter"],
      other: false,
    });
    expect(findQuestion("meetup", "atmosphere")).toEqual({
      key: "atmosphere",
      label: "What is the atmosphere like?",
      type: "choice",
      required: false,
      choices: ["Casual", "Professional", "Social", "Relaxed", "Networking", "Other"],
      other: true,
      maxLength: 100,
    });
  });

  it("lists styles with thumbnails, shapes with standard sizes, qualities with costs, and the limits", () => {
    expect(catalogue.styles[1]).toEqual({
      key: "pop-art",
      name: "Pop Art",
      thumbnail: "/styles/pop-art.svg",
    });
    expect(catalogue.shapes.map(({ key, width, height }) => `${key} ${width}x${height}`)).toEqual([
      "16:9 1280x720",
      "4:3 1152x864",
      "1:1 1024x1024",
      "9:16 720x1280",
      "3:4 864x1152",
      "4:5 896x1120",
      "5:7 820x1148",
      "2:3 832x1248",
    ]);
    expect(catalogue.qualities).toEqual([
      { key: "standard", name: "Standard", cost: 1 },
      { key: "high", name: "High", cost: 2 },
    ]);
    expect(catalogue.limits).toEqual({
      picturesMax: 8,
      promptMaxCharacters: 2000,
      textMaxCharacters: 300,
      detailsMaxCharacters: 1000,
      answerMaxCharacters: 200,
      otherMaxCharacters: 100,
      seedMax: 2147483647,
    });
  });

  it("survives JSON unchanged", () => {
    expect(JSON.parse(JSON.stringify(catalogue))).toEqual(catalogue);
  });

  it("is enough to answer every question of every event type", () => {
    for (const { key, questions } of catalogue.eventTypes) {
      const answers = Object.fromEntries(questions.map((question) => [question.key, buildAnswer(question)]));
      expect(parseBrief({ eventType: key, answers, shapes: ["1:1"] }).ok, key).toBe(true);
    }
  });
});
