/**
 * A read that can be asked alone or together with others. A page that shows three things asks for them in one D1
 * round trip, and each of them stays with its table's module. Besides, the conditions that several tables share.
 */

export interface Query<Answer> {
  statement: D1PreparedStatement;
  /** The answer, from the rows of the statement. */
  parse: (rows: never[]) => Answer;
}

export async function runQuery<Answer>(query: Query<Answer>): Promise<Answer> {
  const { results } = await query.statement.all();
  return query.parse(results as never[]);
}

/** One round trip. The answers come in the order of the queries. */
export async function runQueries<Answers extends unknown[]>(
  db: D1Database,
  queries: [...{ [Index in keyof Answers]: Query<Answers[Index]> }],
): Promise<Answers> {
  const results = await db.batch(queries.map((query) => query.statement));
  return queries.map((query, index) => query.parse((results[index]?.results ?? []) as never[])) as Answers;
}

/**
 * The condition that a column has a text in it, whatever the case of its ASCII letters. Not LIKE: D1 refuses a
 * pattern of more than 50 bytes with an error, and what people search for may be longer.
 */
export function buildContains(column: string, parameter: string): string {
  return `instr(lower(${column}), lower(${parameter})) > 0`;
}
