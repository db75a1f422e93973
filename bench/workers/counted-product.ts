/** The product, counting its round trips. */
import product from "../../src/index.ts";
import { withCounting } from "./with-counting.ts";

export default withCounting(product);
