/**
 * A comparison is worth something only when both Workers do the same. One request of each is looked at: as many round
 * trips with as many statements, as many rows written, and an answer of the same shape.
 */
import type { Cluster } from "./cluster.ts";
import type { CountedTarget } from "./describe-workers.ts";
import { FRAME_PATH } from "./floor/gallery.ts";
import type { MeasuredRoute } from "./routes.ts";
import { ORIGIN } from "./seed.ts";
import type { Answer } from "./workers/driver.ts";
import { type CountedTrip, ROUND_TRIPS_HEADER } from "./workers/with-counting.ts";

/** How much longer or shorter the bare Worker's page may be. */
const PAGE_LENGTH_TOLERANCE = 0.05;
const TILE = '<li class="tile"';

export interface RouteFacts {
  roundTrips: number;
  /** What the bare Worker does differently; empty when the comparison is fair. */
  differences: string[];
}

/** Gives the bare Worker what the product writes around the tiles of the gallery. */
export async function shareGalleryFrame(cluster: Cluster, gallery: MeasuredRoute): Promise<void> {
  const { text } = await cluster.ask("product", gallery.buildRequest(0));
  const start = text.indexOf(TILE);
  const end = text.indexOf("</ul>", text.lastIndexOf(TILE));
  if (start < 0 || end < 0) throw new Error("shareGalleryFrame: the gallery has no tiles");
  const body = JSON.stringify({ head: text.slice(0, start), foot: text.slice(end) });
  for (const target of ["floor", "counted-floor"] as const) {
    await cluster.ask(target, { url: ORIGIN + FRAME_PATH, method: "PUT", headers: {}, body });
  }
}

/** Warm: each Worker has answered such a request before. */
export async function findRouteFacts(cluster: Cluster, route: MeasuredRoute): Promise<RouteFacts> {
  const product = await askTwice(cluster, "counted-product", route);
  const floor = await askTwice(cluster, "counted-floor", route);
  const trips = parseTrips(product);
  return {
    roundTrips: trips.length,
    differences: [
      ...listDifference("expected status", product.status, route.expectedStatus),
      ...listDifference("status", product.status, floor.status),
      ...listDifference("round trips", describeTrips(trips), describeTrips(parseTrips(floor))),
      ...listShapeDifferences(product, floor),
    ],
  };
}

async function askTwice(cluster: Cluster, target: CountedTarget, route: MeasuredRoute): Promise<Answer> {
  await cluster.ask(target, route.buildRequest(0));
  return cluster.ask(target, route.buildRequest(0));
}

function parseTrips(answer: Answer): CountedTrip[] {
  const header = new Map(Object.entries(answer.headers)).get(ROUND_TRIPS_HEADER);
  if (header === undefined) throw new Error(`parseTrips: no count in an answer with status ${answer.status}`);
  return JSON.parse(header) as CountedTrip[];
}

/** For example "statements 1, rows written 0; statements 4, rows written 9". */
function describeTrips(trips: CountedTrip[]): string {
  return trips
    .map(({ statements, rowsWritten }) => `statements ${statements}, rows written ${rowsWritten}`)
    .join("; ");
}

function listShapeDifferences(product: Answer, floor: Answer): string[] {
  if (!product.text.startsWith("{")) {
    const tiles = listDifference("tiles", countTiles(product), countTiles(floor));
    const excess = Math.abs(floor.text.length / product.text.length - 1);
    return excess <= PAGE_LENGTH_TOLERANCE
      ? tiles
      : [...tiles, ...listDifference("characters", product.text.length, floor.text.length)];
  }
  return listDifference("fields", describeShape(product.text), describeShape(floor.text));
}

function countTiles(answer: Answer): number {
  return answer.text.split(TILE).length - 1;
}

/** The JSON with the type of each value in its place. */
function describeShape(text: string): string {
  return JSON.stringify(JSON.parse(text), (_key, value: unknown) =>
    typeof value === "object" ? value : typeof value,
  );
}

function listDifference(what: string, product: string | number, floor: string | number): string[] {
  return product === floor ? [] : [`${what}: the product ${product}, the bare Worker ${floor}`];
}
