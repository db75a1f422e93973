/**
 * Every switch of the product, once: type, default, what off means, who owns it and who may see it.
 * Nothing else in the code defines or reads a switch, and asking for a key that isn't here doesn't compile.
 */

export type Environment = "production" | "development";

export interface FlagDefinition {
  type: "boolean";
  /** What it is called where people read about it. */
  name: string;
  /** Off stops a main job of the product: a change asks for a note and the flag's name, and admins see a banner. */
  critical: boolean;
  /** What holds while neither a switch nor a rule says otherwise, or while none of them can be read. */
  default: Readonly<Record<Environment, boolean>>;
  /** What people meet while it is off, in words for an administrator. */
  whenOff: string;
  /** Who decides about it. */
  owner: "operations" | "product";
  /** Browsers and outside clients may see its value. */
  client: boolean;
  /** Flags of this table that have to be on for a rule or the default to count. */
  requires: readonly string[];
}

export const REGISTRY = {
  cloud_services: {
    type: "boolean",
    name: "Cloud services",
    critical: true,
    default: { production: true, development: true },
    whenOff:
      "No new pictures can be ordered and nothing is charged. Accepted ones wait with their credits set aside and go on when this is on again; after an hour the credits go back. Galleries stay readable.",
    owner: "operations",
    client: false,
    requires: [],
  },
  charts: {
    type: "boolean",
    name: "Charts",
    critical: true,
    default: { production: true, development: true },
    whenOff: "The same figures are shown as tables.",
    owner: "product",
    client: true,
    requires: [],
  },
  image_processing: {
    type: "boolean",
    name: "Image processing",
    critical: false,
    default: { production: true, development: true },
    whenOff:
      "Originals are served in place of thumbnails, and downloads in another format or size are refused. Missing thumbnails are made when this is on again.",
    owner: "operations",
    client: true,
    requires: [],
  },
  animations: {
    type: "boolean",
    name: "Animations",
    critical: false,
    default: { production: true, development: true },
    whenOff: "Nothing moves on any page. A person's own wish for less motion holds in any case.",
    owner: "product",
    client: true,
    requires: [],
  },
  perf_monitoring: {
    type: "boolean",
    name: "Performance monitoring",
    critical: false,
    default: { production: false, development: true },
    whenOff: "No Server-Timing header, no measuring script on pages, no samples stored.",
    owner: "operations",
    client: true,
    requires: [],
  },
} as const satisfies Record<string, FlagDefinition>;

export type FlagKey = keyof typeof REGISTRY;

export const FLAG_KEYS = Object.keys(REGISTRY) as readonly FlagKey[];

/** The variants of every flag of the table, by value. */
export function variantOf(value: boolean): "on" | "off" {
  return value ? "on" : "off";
}

export function isFlagKey(text: string): text is FlagKey {
  return Object.hasOwn(REGISTRY, text);
}

export function getDefinition(key: FlagKey): FlagDefinition {
  return REGISTRY[key];
}
