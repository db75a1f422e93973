/**
 * Passkeys: signing in with one, and adding one. The browser makes and uses them; this script carries its questions
 * and answers between it and the server, with bytes as base64url.
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
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
  await send("/api/auth/passkey", {
    id: credential.id,
    response: {
      clientDataJSON: encode(clientDataJSON),
      authenticatorData: encode(authenticatorData),
      signature: encode(signature),
      userHandle: encode(userHandle ?? new ArrayBuffer(0)),
    },
  });
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
  const { response } = credential;
  await send("/api/me/passkeys", {
    name: name.value,
    id: credential.id,
    response: {
      clientDataJSON: encode(response.clientDataJSON),
      authenticatorData: encode(response.getAuthenticatorData()),
      publicKey: encode(response.getPublicKey()),
      transports: response.getTransports(),
    },
  });
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
