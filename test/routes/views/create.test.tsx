/** The form on /create: what was typed stays, what is wrong is said where it is, and the price is the given one. */
import { describe, expect, it } from "vitest";
import { getEventType } from "../../../src/generations/catalogue.ts";
import { ChooseTypePage } from "../../../src/routes/views/create/choose-type.tsx";
import { CreatePage, type CreatePageProps } from "../../../src/routes/views/create/create-page.tsx";
import type { EventType, FormValues } from "../../../src/routes/views/model.ts";
import { attribute, byId, byName, type Element, readElements, render } from "./markup.ts";
import { CATALOGUE, createProps, frameFor, VIEWER } from "./samples.tsx";

async function renderForm(over: Partial<CreatePageProps>): Promise<Element[]> {
  return readElements(await render(<CreatePage {...createProps(over)} />));
}

function valuesOf(elements: readonly Element[], name: string): string[] {
  return elements
    .filter((element) => attribute(element, "name") === name)
    .flatMap((element) => attribute(element, "value") ?? []);
}

function checkedValues(elements: readonly Element[], name: string): string[] {
  return elements
    .filter((element) => attribute(element, "name") === name && element.attributes.has("checked"))
    .flatMap((element) => attribute(element, "value") ?? []);
}

describe("the first step", () => {
  it("links to every event type of the catalogue, in its order", async () => {
    const elements = await readElements(
      await render(<ChooseTypePage frame={frameFor(VIEWER)} eventTypes={CATALOGUE.eventTypes} />),
    );
    const links = elements
      .flatMap((element) => attribute(element, "href") ?? [])
      .filter((href) => href.includes("type="));
    expect(links).toEqual(CATALOGUE.eventTypes.map(({ key }) => `/create?type=${key}`));
  });
});

describe.each(CATALOGUE.eventTypes)("the questions of $key", (eventType: EventType) => {
  it("are all there, by the names that the route reads", async () => {
    const elements = await renderForm({ eventType });
    for (const question of eventType.questions) {
      const field = byName(elements, `answers.${question.key}`);
      expect(field.attributes.has("required")).toBe(question.required);
      if (question.other === true) expect(byName(elements, `answers.${question.key}.other`)).toBeDefined();
    }
    expect(valuesOf(elements, "eventType")).toEqual([eventType.key]);
  });
});

describe("what was typed", () => {
  const values: FormValues = {
    "answers.genre": "Other",
    "answers.genre.other": '"Polka" & <b>waltz</b>',
    "answers.special-effects": "<script>alert(1)</script>",
    style: "origami",
    shapes: ["3:4", "9:16"],
    quality: "high",
    count: "3",
    text: "\nJAZZ NIGHT\n</textarea><img src=x>",
    details: "low fog",
    seed: "42",
  };

  it("stays in every field, as text", async () => {
    const elements = await renderForm({ eventType: getEventType("concert"), values });
    expect(attribute(byName(elements, "answers.genre.other"), "value")).toBe('"Polka" & <b>waltz</b>');
    expect(attribute(byName(elements, "answers.special-effects"), "value")).toBe("<script>alert(1)</script>");
    expect(checkedValues(elements, "answers.genre")).toEqual(["Other"]);
    expect(checkedValues(elements, "style")).toEqual(["origami"]);
    expect(checkedValues(elements, "shapes")).toEqual(["3:4", "9:16"].toReversed());
    expect(checkedValues(elements, "quality")).toEqual(["high"]);
    expect(checkedValues(elements, "count")).toEqual(["3"]);
    expect(attribute(byName(elements, "seed"), "value")).toBe("42");
  });

  it("can't break out of a text area, and keeps its first line break", async () => {
    const html = await render(
      <CreatePage {...createProps({ eventType: getEventType("concert"), values })} />,
    );
    expect(html).toContain("\n\nJAZZ NIGHT\n&lt;/textarea&gt;&lt;img src=x&gt;</textarea>");
    expect(html).not.toContain("<img src=x>");
  });

  it("stays as own words when it isn't one of the choices", async () => {
    const elements = await renderForm({
      eventType: getEventType("concert"),
      values: { "answers.genre": "Polka" },
    });
    expect(checkedValues(elements, "answers.genre")).toEqual(["Other"]);
    expect(attribute(byName(elements, "answers.genre.other"), "value")).toBe("Polka");
  });

  it("stays as own words in a long list too", async () => {
    const elements = await renderForm({
      eventType: getEventType("holiday-celebration"),
      values: { "answers.holiday": "Burns Night" },
    });
    const chosen = elements.find(
      (element) => element.attributes.has("selected") && attribute(element, "value") === "Other",
    );
    expect(chosen).toBeDefined();
    expect(attribute(byName(elements, "answers.holiday.other"), "value")).toBe("Burns Night");
  });

  it("keeps an edited prompt when there is no new preview", async () => {
    const edited = await renderForm({ values: { prompt: "My own prompt", builtPrompt: "The built one" } });
    expect(byName(edited, "prompt").text).toContain("My own prompt");
    expect(valuesOf(edited, "builtPrompt")).toEqual(["The built one"]);
  });

  it("lets an untouched prompt follow the answers", async () => {
    const untouched = await renderForm({ values: { prompt: "The built one", builtPrompt: "The built one" } });
    expect(valuesOf(untouched, "builtPrompt")).toEqual([]);
  });
});

describe("errors", () => {
  it("stand at their field and in a summary that names the field", async () => {
    const elements = await renderForm({
      eventType: getEventType("birthday-party"),
      values: { "answers.age": "131" },
      errors: { "answers.age": "A whole number from 1 to 130." },
    });
    const age = byName(elements, "answers.age");
    expect(attribute(age, "aria-invalid")).toBe("true");
    expect(attribute(age, "value")).toBe("131");
    expect(attribute(age, "aria-describedby")).toBe("field-answers-age-error");
    expect(byId(elements, "field-answers-age-error")?.text).toContain("A whole number from 1 to 130.");
    const link = elements.find((element) => attribute(element, "href") === "#field-answers-age");
    expect(link?.text).toBe("How old are they turning? – A whole number from 1 to 130.");
  });

  it("that name their field themselves don't name it twice", async () => {
    const message = "Please answer: How old are they turning?";
    const elements = await renderForm({
      eventType: getEventType("birthday-party"),
      errors: { "answers.age": message },
    });
    const link = elements.find((element) => attribute(element, "href") === "#field-answers-age");
    expect(link?.text).toBe(message);
  });

  it("describe the whole group of a choice", async () => {
    const elements = await renderForm({
      errors: { "answers.style": "Choose one of the list.", shapes: "Choose at least one shape." },
    });
    for (const name of ["answers-style", "shapes"]) {
      expect(
        attribute(byId(elements, `field-${name}`) ?? byName(elements, name), "aria-describedby"),
      ).toContain(`field-${name}-error`);
    }
    expect(attribute(byName(elements, "shapes"), "aria-invalid")).toBe("true");
  });

  it("of no field come with their sentence alone", async () => {
    const elements = await renderForm({ detail: "Creating is switched off for now. Nothing was charged." });
    const summary = elements.find((element) => attribute(element, "role") === "alert");
    expect(summary?.text).toContain("Creating is switched off for now. Nothing was charged.");
    expect(summary?.text).toContain("That did not work");
  });

  it("open the part of the form that they are in", async () => {
    const elements = await renderForm({ errors: { seed: "A whole number." } });
    const seed = elements.find((element) => attribute(element, "class") === "seed");
    expect(seed?.attributes.has("open")).toBe(true);
  });
});

describe("the price", () => {
  it("says pictures, credits and what will be left", async () => {
    const elements = await renderForm({
      price: { pictures: 3, cost: 3 },
      credits: { available: 10, held: 0 },
    });
    const line = elements.find((element) => attribute(element, "class") === "order-line");
    expect(line?.text).toBe("3 pictures · 3 credits · 7 left");
    expect(byId(elements, "order-short")?.attributes.has("hidden")).toBe(true);
  });

  it("says how many credits are missing, and still lets the server decide", async () => {
    const elements = await renderForm({
      price: { pictures: 1, cost: 2 },
      credits: { available: 1, held: 4 },
    });
    const line = elements.find((element) => attribute(element, "class") === "order-line");
    expect(line?.text).toBe("1 picture · 2 credits · 1 too few");
    expect(byId(elements, "order-short")?.attributes.has("hidden")).toBe(false);
    const create = byName(elements, "intent", "create");
    expect(create.attributes.has("disabled")).toBe(false);
    expect(attribute(create, "aria-describedby")).toBe("order-short");
  });

  it("of each quality is where the script reads it", async () => {
    const elements = await renderForm({});
    for (const quality of CATALOGUE.qualities) {
      expect(attribute(byName(elements, "quality", quality.key), "data-cost")).toBe(String(quality.cost));
    }
  });
});

describe("the preview", () => {
  const preview = {
    prompt: "A built prompt",
    builtPrompt: "A built prompt",
    pictures: [{ shape: "3:4", width: 864, height: 1152 }],
  };

  it("shows the prompt in a field that can be edited, and every picture's size", async () => {
    const elements = await renderForm({ preview });
    expect(byName(elements, "prompt").text).toBe("A built prompt");
    expect(byId(elements, "preview")?.text).toContain("864 × 1152");
    expect(valuesOf(elements, "intent")).not.toContain("rebuild");
  });

  it("offers the way back when the prompt was edited", async () => {
    const elements = await renderForm({ preview: { ...preview, prompt: "An edited prompt" } });
    expect(valuesOf(elements, "intent")).toContain("rebuild");
  });
});

describe("the form", () => {
  it("previews, and doesn't charge, when Enter is pressed in a field", async () => {
    const elements = await renderForm({});
    const first = elements.find(
      (element) =>
        element.tag === "button" &&
        element.ancestors.some(
          ({ tag, attributes }) => tag === "form" && attributes.get("id") === "create-form",
        ),
    );
    expect(first && attribute(first, "value")).toBe("preview");
  });

  it("carries the key that makes sending twice harmless", async () => {
    const elements = await renderForm({ idempotencyKey: "a-key-for-this-form" });
    expect(valuesOf(elements, "idempotencyKey")).toEqual(["a-key-for-this-form"]);
  });

  it("can switch to another event type without being complete", async () => {
    const elements = await renderForm({});
    expect(byName(elements, "intent", "switch").attributes.has("formnovalidate")).toBe(true);
    expect(elements.filter(({ tag }) => tag === "option").length).toBeGreaterThanOrEqual(
      CATALOGUE.eventTypes.length,
    );
  });
});
