/** The pictures of one brief while they are made: their real state, and a way to cancel what has not begun. */
import { Hono } from "hono";
import { listGenerationsByBrief } from "../../db/generations.ts";
import { AppError } from "../../errors.ts";
import { EVENT_TYPES, STYLES } from "../../generations/catalogue.ts";
import { ID_PATTERN } from "../../ids.ts";
import { parseId } from "../body.ts";
import { type AppEnv, requireUser } from "../context.ts";
import { findJobsWaitNotice } from "../flags-notices.ts";
import { buildFrame, setNotice, takeNotice } from "../frame.ts";
import { cancelGeneration } from "../generations.ts";
import { presentGeneration } from "../present.ts";
import { BriefPage } from "../views/brief.tsx";
import { typedValue } from "../views/form-values.ts";
import { nameByKey } from "../views/words.ts";
import { readForm } from "./form.ts";

export const briefPages = new Hono<AppEnv>()
  .get("/briefs/:id", async (c) => {
    const id = parseId(c);
    const rows = await listGenerationsByBrief(c.env.DB, requireUser(c).id, id);
    const [first] = rows;
    if (first === undefined) throw new AppError("not_found");
    const brief = {
      id,
      eventTypeName: nameByKey(EVENT_TYPES, first.eventType),
      styleName: first.style === null ? null : nameByKey(STYLES, first.style),
      cost: rows.reduce((sum, row) => sum + row.cost, 0),
    };
    const isOpen = rows.some(({ status }) => status === "queued" || status === "processing");
    return c.html(
      <BriefPage
        frame={buildFrame(c, takeNotice(c) ?? (isOpen ? findJobsWaitNotice(c) : null))}
        brief={brief}
        generations={rows.map(presentGeneration)}
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
      setNotice(c, { kind: "success", text: "Canceled. The credits for this picture are back." });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "conflict") throw error;
      setNotice(c, { kind: "warning", text: error.message });
    }
    return c.redirect(`/briefs/${id}`, 303);
  });
