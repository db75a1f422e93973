/** Runs statements on the database that the path names: all of them or none. */

export interface SeedStatement {
  sql: string;
  values: (string | number | null)[];
}

export default {
  async fetch(request, env) {
    const name = new URL(request.url).pathname.slice(1);
    const db = env[name];
    if (db === undefined) return new Response(`no database ${name}`, { status: 404 });
    const statements = await request.json<SeedStatement[]>();
    await db.batch(statements.map(({ sql, values }) => db.prepare(sql).bind(...values)));
    return new Response(null, { status: 204 });
  },
} satisfies ExportedHandler<Record<string, D1Database>>;
