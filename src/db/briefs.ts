/** Table briefs: what a person asked for, as it was parsed. Written only together with its generations, by credits/. */

/** The stored body of a brief, or null when it isn't there or isn't this person's. */
export async function findBriefBody(db: D1Database, userId: string, briefId: string): Promise<string | null> {
  return db
    .prepare("SELECT body FROM briefs WHERE id = ?1 AND user_id = ?2")
    .bind(briefId, userId)
    .first<string>("body");
}
