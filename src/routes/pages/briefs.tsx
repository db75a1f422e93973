/** The pictures of one brief while they are made: their real state, and a way to cancel what has not begun. */
import { Hono } from "hono";
import { type BriefState, findBriefState } from "../../db/briefs.ts";
import { AppError } from "../../errors.ts";
import { EVENT_TYPES, STYLES } from "../../generations/catalogue.ts";
import { ID_PATTERN } from "../../ids.ts";
import { parseId } from "../body.ts";
import { type AppContext, type AppEnv, requireUser } from "../context.ts";
import { findJobsWaitNotice } from "../flags-notices.ts";
import { buildFrame, setNotice, takeNotice } from "../frame.ts";
import { cancelGeneration } from "../generations.ts";
import { presentGeneration } from "../present.ts";
import { BriefPage, type EqualOrder } from "../views/brief.tsx";
import { typedValue } from "../views/form-values.ts";
import type { Frame } from "../views/model.ts";
import { nameByKey } from "../views/words.ts";
import { readForm } from "./form.ts";

export const briefPages = new Hono<AppEnv>()
  .get("/briefs/:id", async (c) => {
    const id = parseId(c);
    const state = await findBriefState(c.env.DB, requireUser(c).id, id);
    const first = state?.generations[0];
    if (state === null || first === undefined) throw new AppError("not_found");
    const brief = {
      id,
      eventTypeName: nameByKey(EVENT_TYPES, first.eventType),
      styleName: first.style === null ? null : nameByKey(STYLES, first.style),
    };
    return c.html(
      <BriefPage
        frame={buildBriefFrame(c, state)}
        brief={brief}
        generations={state.generations.map(presentGeneration)}
        equalOrder={presentEqualOrder(state)}
        now={new Date().toISOString()}
      />,
    );
  })
  .post("/briefs/:id/cancel", async (c) => {
    const id = parseId(c);
    const generationId = typedValue(await readForm(c), "generationId");
    if (!ID_PATTERN.test(generationId)) throw new AppError("not_found");
    try {
      await cancelGeneration(c, generationId);
      setNotice(c, { kind: "success", text: "Cancelled. The credits for this picture are back." });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "conflict") throw error;
      setNotice(c, { kind: "warning", text: error.message });
    }
    return c.redirect(`/briefs/${id}`, 303);
  });

/** The balance in the header is of the same moment as the pictures below it: the session was read before both. */
function buildBriefFrame(c: AppContext, state: BriefState): Frame {
  const isOpen = state.generations.some(({ status }) => status === "queued" || status === "processing");
  const frame = buildFrame(c, takeNotice(c) ?? (isOpen ? findJobsWaitNotice(c) : null));
  return frame.viewer === null ? frame : { ...frame, viewer: { ...frame.viewer, credits: state.credits } };
}

function presentEqualOrder({ equal, createdAt }: BriefState): EqualOrder | null {
  if (equal === null) return null;
  return { id: equal.id, gapMs: createdAt - equal.createdAt };
}
