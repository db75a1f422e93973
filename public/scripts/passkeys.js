/**
 * Passkeys: signing in with one, and adding one. The browser makes and uses them; this script carries questions and
 * answers between it and the server, in the JSON of the standard.
 */

const WORDS = new Map([
  ["NotAllowedError", "It was cancelled, or it took too long. Try again."],
  ["InvalidStateError", "This device has a passkey for your account already."],
]);
const UNKNOWN = "That did not work. Try again, or choose another way.";

function decode(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function encode(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The parts of both kinds of answer that are bytes. */
const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

/** As browsers write it; by hand for those, and for password managers, that don't. */
function write(credential) {
  if (typeof credential.toJSON === "function") return credential.toJSON();
  const { id, type, response } = credential;
  const parts = PARTS.filter((part) => response[part]).map((part) => [part, encode(response[part])]);
  return {
    id,
    rawId: id,
    type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { ...Object.fromEntries(parts), transports: response.getTransports?.() },
  };
}

/** The server said no, in words for the person. */
class Refusal extends Error {}

async function send(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const result = await answer.json();
  if (answer.ok) return result;
  throw new Refusal(result.errors?.[0]?.message ?? result.detail);
}

async function signIn(form) {
  const options = await send("/api/auth/passkey/options", {});
  const credential = await navigator.credentials.get({
    publicKey: { ...options, challenge: decode(options.challenge) },
  });
  await send("/api/auth/passkey", write(credential));
  location.assign(form.dataset.next);
}

async function create(form) {
  const { name, current } = form.elements;
  const options = await send("/api/me/passkeys/options", current ? { current: current.value } : {});
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: decode(options.challenge),
      user: { ...options.user, id: decode(options.user.id) },
      excludeCredentials: options.excludeCredentials.map((known) => ({ ...known, id: decode(known.id) })),
    },
  });
  await send("/api/me/passkeys", { ...write(credential), name: name.value });
  location.assign("/account#ways-in");
}

/** One try at a time; what went wrong is said in the form. */
function improve(form, run) {
  if (form === null) return;
  const problem = form.querySelector('[data-hook="passkey-problem"]');
  const button = form.querySelector("button");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.hidden = true;
    try {
      await run(form);
    } catch (error) {
      problem.textContent = error instanceof Refusal ? error.message : (WORDS.get(error.name) ?? UNKNOWN);
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}

if (window.PublicKeyCredential !== undefined) {
  improve(document.querySelector('[data-hook="passkey-sign-in"]'), signIn);
  improve(document.querySelector('[data-hook="passkey-create"]'), create);
  document.querySelector('[data-hook="passkey-unsupported"]')?.remove();
}
