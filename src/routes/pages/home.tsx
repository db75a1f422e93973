/** The start page. */
import { Hono } from "hono";
import { buildCatalogueJson } from "../../generations/catalogue-json.ts";
import type { AppEnv } from "../context.ts";
import { buildFrame, takeNotice } from "../frame.ts";
import { HomePage } from "../views/home.tsx";

export const homePages = new Hono<AppEnv>().get("/", (c) => {
  const { startingCredits, ideogram } = c.get("config");
  const { styles, qualities } = buildCatalogueJson(ideogram.model);
  return c.html(
    <HomePage
      frame={buildFrame(c, takeNotice(c))}
      styles={styles}
      qualities={qualities}
      startingCredits={startingCredits}
    />,
  );
});
