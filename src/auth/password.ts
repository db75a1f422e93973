/**
 * Passwords at rest: scrypt with the OWASP parameters N=2^15, r=8, p=3, as a PHC string.
 * workerd caps N*r*p at 2^20 and scrypt is the only OWASP-acceptable function that it runs natively;
 * PBKDF2 is capped at 100,000 rounds in production.
 */
import crypto, { randomBytes, timingSafeEqual } from "node:crypto";

export const PASSWORD_MIN_CHARACTERS = 12;
export const PASSWORD_MAX_CHARACTERS = 128;
/** Of what is typed, in UTF-16 units: 128 characters may be written with more, and nothing longer is worth hashing. */
export const PASSWORD_INPUT_MAX_UNITS = 512;

const COST_LOG2 = 15;
const BLOCK_SIZE = 8;
const PARALLELISM = 3;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Stored parameters above this are refused before any work is done. */
const MAX_COST = 2 ** 20;

interface Parameters {
  costLog2: number;
  blockSize: number;
  parallelism: number;
}

const CURRENT: Parameters = { costLog2: COST_LOG2, blockSize: BLOCK_SIZE, parallelism: PARALLELISM };

/** `$scrypt$ln=15,r=8,p=3$<salt>$<key>` with base64 without padding. */
export function hashPassword(password: string): string {
  const salt = randomBytes(SALT_BYTES);
  const key = deriveKey(password, salt, CURRENT);
  return `$scrypt$ln=${COST_LOG2},r=${BLOCK_SIZE},p=${PARALLELISM}$${encode(salt)}$${encode(key)}`;
}

export interface PasswordCheck {
  isValid: boolean;
  /** The stored hash uses other parameters than today's; store a new one after a valid check. */
  needsRehash: boolean;
}

/** False for a wrong password and for a stored string that isn't one of ours. Takes the same time for both. */
export function verifyPassword(password: string, stored: string | null): PasswordCheck {
  const parsed = stored === null ? null : parseHash(stored);
  const { salt, key, parameters } = parsed ?? UNKNOWN_PERSON;
  const derived = deriveKey(password, salt, parameters);
  const isValid = timingSafeEqual(derived, key) && parsed !== null;
  const needsRehash =
    parameters.costLog2 !== COST_LOG2 ||
    parameters.blockSize !== BLOCK_SIZE ||
    parameters.parallelism !== PARALLELISM;
  return { isValid, needsRehash };
}

interface ParsedHash {
  salt: Buffer;
  key: Buffer;
  parameters: Parameters;
}

/** An unknown address costs as much work as a known one, so that the time of the answer tells nothing. */
const UNKNOWN_PERSON: ParsedHash = {
  salt: Buffer.alloc(SALT_BYTES),
  key: Buffer.alloc(KEY_BYTES),
  parameters: CURRENT,
};

const PHC_PATTERN =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,64})\$([A-Za-z0-9+/]{43})$/;

function parseHash(stored: string): ParsedHash | null {
  const match = PHC_PATTERN.exec(stored);
  if (match === null) return null;
  const [, costLog2, blockSize, parallelism, salt, key] = match;
  const parameters = {
    costLog2: Number(costLog2),
    blockSize: Number(blockSize),
    parallelism: Number(parallelism),
  };
  const cost = 2 ** parameters.costLog2 * parameters.blockSize * parameters.parallelism;
  if (cost < 1 || cost > MAX_COST) return null;
  return { salt: Buffer.from(salt ?? "", "base64"), key: Buffer.from(key ?? "", "base64"), parameters };
}

/** NFKC first, so that the same password typed on another keyboard is the same password. */
function deriveKey(password: string, salt: Buffer, parameters: Parameters): Buffer {
  const cost = 2 ** parameters.costLog2;
  // By its module, so that a test can count the work and see that it is the same for everybody.
  return crypto.scryptSync(password.normalize("NFKC").slice(0, PASSWORD_INPUT_MAX_UNITS), salt, KEY_BYTES, {
    cost,
    blockSize: parameters.blockSize,
    parallelization: parameters.parallelism,
    maxmem: 256 * cost * parameters.blockSize,
  });
}

function encode(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
