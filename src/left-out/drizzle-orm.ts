/**
 * Takes the place of the files of drizzle-orm for relational queries and for PostgreSQL's enumerations
 * (wrangler.toml, [alias]). The classes of a database and of a query hang on them, whether they are used or not.
 */

function refuse(): never {
  throw new Error("Drizzle was asked for a relational query, and those are left out: say the join");
}

class LeftOut {
  constructor() {
    refuse();
  }
}

// relations
export const Many = LeftOut;
export const One = LeftOut;
export const createTableRelationsHelpers = refuse;
export const extractTablesRelationalConfig = refuse;
export const getOperators = refuse;
export const getOrderByOperators = refuse;
export const normalizeRelation = refuse;

// sqlite-core/query-builders/query
export const RelationalQueryBuilder = LeftOut;

/** pg-core/columns/enum: asked of every part of a query, and no part is one where there is no such enumeration. */
export function isPgEnum(): boolean {
  return false;
}
