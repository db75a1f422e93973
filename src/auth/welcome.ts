/**
 * What somebody begins with whose address is proven for the first time, as statements for the batch that proves it, at
 * `provenAt` (milliseconds UTC). They do nothing for anybody else. Which those are, the routes decide: money isn't
 * identity's business.
 */
export type Welcome = (person: { email: string; provenAt: number }) => D1PreparedStatement[];

/** Notes that these addresses are all one person's, in the batch that shows it. */
export type AddressJoin = (userId: string, emails: readonly string[]) => D1PreparedStatement;
