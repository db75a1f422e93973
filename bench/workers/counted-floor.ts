/** The bare Worker, counting its round trips. */
import floor, { type FloorEnv } from "../floor/floor.ts";
import { withCounting } from "./with-counting.ts";

export default withCounting<FloorEnv>(floor);
