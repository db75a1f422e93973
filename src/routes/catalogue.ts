/** `GET /api/catalogue`: everything that can be asked for, from the one module that also checks it. */
import { Hono } from "hono";
import { buildCatalogueJson } from "../generations/catalogue-json.ts";
import type { AppEnv } from "./context.ts";

const CACHE_SECONDS = 300;

export const catalogue = new Hono<AppEnv>().get("/api/catalogue", (c) => {
  c.header("Cache-Control", `public, max-age=${CACHE_SECONDS}`);
  return c.json(buildCatalogueJson(c.get("config").ideogram.model));
});
