/** From a blank form to accepted pictures. Whatever is refused, what was typed is still in the form. */
import { Hono } from "hono";
import { findBriefBody } from "../../db/briefs.ts";
import { AppError } from "../../errors.ts";
import { type Brief, parseBrief } from "../../generations/brief.ts";
import { EVENT_TYPES } from "../../generations/catalogue.ts";
import { buildCatalogueJson } from "../../generations/catalogue-json.ts";
import { ID_PATTERN, newId } from "../../ids.ts";
import { IDEMPOTENCY_KEY_PATTERN } from "../body.ts";
import { type AppContext, type AppEnv, requireUser } from "../context.ts";
import { findOrdersClosedNotice } from "../flags-notices.ts";
import { buildFrame, setNotice, takeNotice } from "../frame.ts";
import { buildPreview, requestGenerations } from "../generations.ts";
import { ChooseTypePage } from "../views/create/choose-type.tsx";
import { CreatePage } from "../views/create/create-page.tsx";
import { initialValues } from "../views/create/fields.ts";
import { typedValue } from "../views/form-values.ts";
import type { EventType, FormValues, Question } from "../views/model.ts";
import { buildPromptOfAnswers, priceOfForm, toBriefInput, toFormValues } from "./create-form.ts";
import { type Refusal, readForm, refuseFields, refuseForm } from "./form.ts";

export const createPages = new Hono<AppEnv>()
  .get("/create", async (c) => {
    const catalogue = getCatalogue(c);
    const earlier = await findEarlierBrief(c);
    const eventType = findEventType(c, earlier?.eventType ?? c.req.query("type") ?? "");
    if (eventType === undefined) {
      return c.html(
        <ChooseTypePage
          frame={buildFrame(c, takeNotice(c) ?? findOrdersClosedNotice(c))}
          eventTypes={catalogue.eventTypes}
        />,
      );
    }
    const values = earlier === null ? initialValues(catalogue) : toFormValues(earlier);
    return renderForm(c, { eventType, values, idempotencyKey: newId() });
  })
  .post("/create", async (c) => {
    const values = await readForm(c);
    const eventType = findEventType(c, typedValue(values, "eventType"));
    if (eventType === undefined) return c.redirect("/create", 303);
    const form = { eventType, values, idempotencyKey: readKey(values) };
    switch (typedValue(values, "intent")) {
      case "switch":
        return renderForm(c, {
          ...form,
          eventType: findEventType(c, typedValue(values, "switchTo")) ?? eventType,
        });
      case "create":
        return create(c, form);
      case "rebuild":
        return preview(c, form, { withPrompt: false });
      default:
        return preview(c, form, { withPrompt: true });
    }
  });

interface Form {
  eventType: EventType;
  values: FormValues;
  idempotencyKey: string;
}

async function create(c: AppContext, form: Form) {
  const brief = parseBrief(toBriefInput(form.values, form.eventType, { withPrompt: true }));
  if (!brief.ok) return renderForm(c, { ...form, ...refuseFields(c, brief.error) });
  try {
    const accepted = await requestGenerations(c, brief.value, form.idempotencyKey);
    if (accepted.kind === "replayed") setNotice(c, { kind: "info", text: SENT_BEFORE });
    return c.redirect(`/briefs/${accepted.briefId}`, 303);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return renderForm(c, { ...form, ...refuseOrder(c, error, form) });
  }
}

const SENT_BEFORE =
  "This form was sent before, and these are its pictures. Nothing was ordered or charged a second time.";

/** A form that was sent before and changed since is a new order, but only when the person says so once more. */
function refuseOrder(c: AppContext, error: AppError, form: Form): Refusal & { idempotencyKey: string } {
  const refusal = refuseForm(c, error);
  if (error.code !== "idempotency_key_reused") return { ...refusal, idempotencyKey: form.idempotencyKey };
  return {
    ...refusal,
    detail:
      "You have sent this form before, and its pictures are on their way. It has changed since: press Create once more to order these as well. Nothing was charged now.",
    idempotencyKey: newId(),
  };
}

function preview(c: AppContext, form: Form, options: { withPrompt: boolean }) {
  const brief = parseBrief(toBriefInput(form.values, form.eventType, options));
  return renderForm(c, {
    ...form,
    ...(brief.ok ? { previewed: brief.value } : refuseFields(c, brief.error)),
  });
}

interface RenderedForm extends Form, Partial<Refusal> {
  previewed?: Brief;
}

function renderForm(c: AppContext, form: RenderedForm) {
  const { model } = c.get("config").ideogram;
  const { credits } = requireUser(c);
  const catalogue = getCatalogue(c);
  return c.html(
    <CreatePage
      frame={buildFrame(c, form.detail === undefined ? findOrdersClosedNotice(c) : null)}
      catalogue={catalogue}
      eventType={form.eventType}
      values={form.values}
      errors={form.errors ?? {}}
      detail={form.detail}
      credits={credits}
      price={priceOfForm(form.values, model)}
      idempotencyKey={form.idempotencyKey}
      preview={
        form.previewed === undefined ? null : describePreview(form.previewed, model, credits.available)
      }
    />,
  );
}

function describePreview(brief: Brief, model: string, available: number) {
  const { prompt, pictures } = buildPreview(brief, model, available);
  return { prompt, builtPrompt: buildPromptOfAnswers(brief), pictures };
}

function getCatalogue(c: AppContext) {
  return buildCatalogueJson(c.get("config").ideogram.model);
}

/** With the hints of its questions, which are words for the form and no part of the API's catalogue. */
function findEventType(c: AppContext, key: string): EventType | undefined {
  const eventType = getCatalogue(c).eventTypes.find((candidate) => candidate.key === key);
  const hints = new Map(
    EVENT_TYPES.find((candidate) => candidate.key === key)?.questions.map(({ key, hint }) => [key, hint]),
  );
  if (eventType === undefined) return undefined;
  return { ...eventType, questions: eventType.questions.map((question) => withHint(question, hints)) };
}

function withHint(question: Question, hints: ReadonlyMap<string, string | undefined>): Question {
  const hint = hints.get(question.key);
  return hint === undefined ? question : { ...question, hint };
}

/**
 * The brief of `?from=`, if it is this person's and the catalogue still knows all that it asks for. With `&shape=` it
 * asks for one picture of that shape: what the others of the brief became was paid for, or is back.
 */
async function findEarlierBrief(c: AppContext): Promise<Brief | null> {
  const briefId = c.req.query("from") ?? "";
  if (!ID_PATTERN.test(briefId)) return null;
  const body = await findBriefBody(c.env.DB, requireUser(c).id, briefId);
  if (body === null) throw new AppError("not_found");
  const brief = parseBrief(JSON.parse(body));
  if (!brief.ok) return null;
  const shape = brief.value.shapes.find((key) => key === c.req.query("shape"));
  return shape === undefined ? brief.value : { ...brief.value, shapes: [shape], count: 1 };
}

function readKey(values: FormValues): string {
  const key = typedValue(values, "idempotencyKey");
  return IDEMPOTENCY_KEY_PATTERN.test(key) ? key : newId();
}
