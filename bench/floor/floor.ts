/**
 * The bare Worker that the product is compared with: the measured routes and nothing else. It does the same reads and
 * writes on the same schema by raw prepared statements, and has no framework, no validation, no policy and no log.
 */
import { addFloorCredits } from "./credits.ts";
import { FRAME_PATH, type PageFrame, renderFloorGallery } from "./gallery.ts";
import { createFloorGeneration } from "./generations.ts";
import { findFloorSession } from "./session.ts";

export interface FloorEnv {
  DB: D1Database;
  GENERATIONS: Queue;
}

// Mutable for one purpose: the bench sets it before the first measurement and never after.
let frame: PageFrame = { head: "", foot: "" };

export default {
  async fetch(request: Request, env: FloorEnv): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === FRAME_PATH) {
      frame = await request.json<PageFrame>();
      return new Response(null, { status: 204 });
    }
    const user = await findFloorSession(env.DB, request);
    if (user === null) return new Response(null, { status: 401 });
    if (pathname === "/api/me") {
      const { id, email, name, role, emailVerifiedAt, available, held } = user;
      return Response.json({
        user: { id, email, name, role, emailVerified: emailVerifiedAt !== null },
        credits: { available, held },
      });
    }
    if (pathname === "/gallery") return renderFloorGallery(env.DB, user, frame);
    if (pathname === "/api/generations") {
      return createFloorGeneration(env.DB, env.GENERATIONS, user, request);
    }
    return addFloorCredits(env.DB, user, pathname.slice(pathname.lastIndexOf("/") + 1), request);
  },
};
