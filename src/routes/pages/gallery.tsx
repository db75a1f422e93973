/** The own gallery, and the page of one picture. */
import { Hono } from "hono";
import { signInPath } from "../../auth/middleware/guard-routes.ts";
import { listImagesByUser, updateImage } from "../../db/images.ts";
import { AppError } from "../../errors.ts";
import { EVENT_TYPES, STYLES } from "../../generations/catalogue.ts";
import { buildCatalogueJson } from "../../generations/catalogue-json.ts";
import { parseId, parseQuery, parseValue } from "../body.ts";
import { type AppContext, type AppEnv, requireUser } from "../context.ts";
import { isOn } from "../flags.ts";
import { buildFrame, setNotice, takeNotice } from "../frame.ts";
import { getVisibleImage, imageChangeSchema, imageQuery, removeImage } from "../images.ts";
import { presentImage } from "../present.ts";
import { createAgainPath } from "../views/addresses.ts";
import { typedValue } from "../views/form-values.ts";
import { GalleryPage } from "../views/gallery.tsx";
import { ImagePage } from "../views/image.tsx";
import type { FormValues } from "../views/model.ts";
import { nameByKey } from "../views/words.ts";
import { type Refusal, readForm, refuseForm } from "./form.ts";

export const galleryPages = new Hono<AppEnv>()
  .get("/gallery", async (c) => {
    const user = requireUser(c);
    const { cursor, limit, ...filter } = parseQuery(c, imageQuery);
    const page = await listImagesByUser(c.env.DB, user.id, filter, { cursor, limit });
    const { q = "", eventType = "", style = "", shape = "" } = filter;
    return c.html(
      <GalleryPage
        frame={buildFrame(c, takeNotice(c))}
        images={page.items.map((row) => presentImage(row, user.id))}
        total={page.total}
        filters={{ q, eventType, style, shape }}
        nextCursor={page.nextCursor}
        hasCursor={cursor !== undefined}
        catalogue={buildCatalogueJson(c.get("config").ideogram.model)}
      />,
    );
  })
  .get("/images/:id", async (c) => {
    try {
      return await renderImage(c, null);
    } catch (error) {
      // Signed out, a private picture and a missing one look the same: sign in first.
      const isAnonymous = c.get("principal") === null;
      if (!(error instanceof AppError) || error.code !== "not_found" || !isAnonymous) throw error;
      return c.redirect(signInPath(c.req.url), 303);
    }
  })
  .post("/images/:id", async (c) => {
    const user = requireUser(c);
    const id = parseId(c);
    const values = await readForm(c);
    try {
      const row = await updateImage(c.env.DB, user.id, id, parseValue(toChange(values), imageChangeSchema));
      if (row === null) throw new AppError("not_found");
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "invalid_request") throw error;
      return renderImage(c, { values, ...refuseForm(c, error) });
    }
    setNotice(c, { kind: "success", text: "Saved." });
    return c.redirect(`/images/${id}`, 303);
  })
  .post("/images/:id/delete", async (c) => {
    await removeImage(c, parseId(c));
    setNotice(c, { kind: "success", text: "The picture is deleted." });
    return c.redirect("/gallery", 303);
  });

async function renderImage(c: AppContext, refused: (Refusal & { values: FormValues }) | null) {
  const row = await getVisibleImage(c);
  const image = presentImage(row, c.get("principal")?.id ?? null);
  return c.html(
    <ImagePage
      frame={buildFrame(c, takeNotice(c))}
      image={image}
      eventTypeName={nameByKey(EVENT_TYPES, row.eventType)}
      styleName={row.style === null ? null : nameByKey(STYLES, row.style)}
      againPath={image.can.edit ? createAgainPath(row.briefId) : null}
      canConvert={isOn(c, "image_processing")}
      {...refused}
    />,
  );
}

/** Each form of the page changes one thing; `intent` says which. */
function toChange(values: FormValues): unknown {
  switch (typedValue(values, "intent")) {
    case "favourite":
      return { favourite: typedValue(values, "favourite") === "true" };
    case "visibility":
      return { visibility: typedValue(values, "visibility") };
    default:
      return { title: typedValue(values, "title"), tags: parseTags(typedValue(values, "tags")) };
  }
}

function parseTags(text: string): string[] {
  return text
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
}
