/**
 * The form on /create: the price while choosing, errors while typing, previews and other questions in place.
 * The server decides everything again; when a step in place fails, the form is sent the plain way.
 */
const FORM = "#create-form";
const IN_PLACE_INTENTS = new Set(["preview", "rebuild", "switch"]);

/** Fields that the prompt is built from, and those that decide about the pictures. */
const PROMPT_FIELDS = /^(answers\..+|style|text|details)$/;
const PICTURE_FIELDS = /^(shapes|quality|count)$/;
/** Fields that say nothing about what is asked for. */
const OTHER_FIELDS = ["idempotencyKey", "intent", "builtPrompt", "switchTo"];
/** What this tab ordered last, as the form was. Gone with the tab. */
const LAST_ORDER = "last-order";

let isBusy = false;

function startForm(form) {
  // Our own messages say more than the browser's, and stay readable.
  form.noValidate = true;
  form.addEventListener("input", (event) => {
    showPrice(form);
    showOrderedBefore(form);
    markPreviewStale(form, event.target);
    if (event.target.getAttribute("aria-invalid") === "true") checkField(form, event.target.name);
  });
  form.addEventListener("focusout", (event) => {
    if (event.target.name && event.target.value) checkField(form, event.target.name);
  });
  form.addEventListener("submit", (event) => sendForm(event, form));
  // What comes with an error was not taken.
  if (form.querySelector('[data-hook="error-summary"]') !== null) sessionStorage.removeItem(LAST_ORDER);
  showPrice(form);
  showOrderedBefore(form);
}

/* Price */

function readOrder(form) {
  const data = new FormData(form);
  const pictures = data.getAll("shapes").length * Number(data.get("count") ?? 0);
  const quality = form.querySelector('[name="quality"]:checked');
  const cost = pictures * Number(quality?.dataset.cost ?? 0);
  return { pictures, cost, left: available(form) - cost };
}

function available(form) {
  return Number(form.querySelector("[data-available]").dataset.available);
}

function showPrice(form) {
  const order = readOrder(form);
  const isEnough = order.left >= 0;
  setText(form, "order-pictures", countOf(order.pictures, "picture"));
  setText(form, "order-credits", countOf(order.cost, "credit"));
  setText(form, "order-left", isEnough ? `${order.left} left` : `${-order.left} too few`);
  setText(form, "order-cost", String(order.cost));
  const short = form.querySelector('[data-hook="order-short"]');
  short.hidden = isEnough;
  short.closest("[data-available]").dataset.enough = isEnough ? "yes" : "no";
  const create = form.querySelector('[data-hook="create"]');
  if (isEnough) create.removeAttribute("aria-describedby");
  else create.setAttribute("aria-describedby", short.id);
  limitCounts(form);
}

/** Only a text that differs is written, so that a screen reader isn't told the same twice. */
function setText(form, hook, text) {
  const element = form.querySelector(`[data-hook="${hook}"]`);
  if (element.textContent !== text) element.textContent = text;
}

/** More pictures than fit into one brief can't be chosen, except what is chosen already: that is told as an error. */
function limitCounts(form) {
  const shapes = form.querySelectorAll('[name="shapes"]:checked').length;
  for (const count of form.querySelectorAll('[name="count"]')) {
    count.disabled = !count.checked && shapes * Number(count.value) > Number(form.dataset.picturesMax);
  }
}

function countOf(value, noun) {
  return `${value} ${noun}${value === 1 ? "" : "s"}`;
}

/* Ordering the same again: somebody who came back with the Back button shall know it. */

function describeOrder(form) {
  const fields = new URLSearchParams(new FormData(form));
  // An untouched prompt says what the answers say.
  if (fields.get("prompt") === fields.get("builtPrompt")) fields.delete("prompt");
  for (const name of OTHER_FIELDS) fields.delete(name);
  return fields.toString();
}

function showOrderedBefore(form) {
  const note = form.querySelector('[data-hook="order-again"]');
  note.hidden = sessionStorage.getItem(LAST_ORDER) !== describeOrder(form);
}

/* Preview */

/** An untouched prompt follows the answers, which the server sees to; an edited one stays as it is. */
function markPreviewStale(form, changed) {
  const prompt = form.elements.namedItem("prompt");
  if (prompt === null) return;
  const isEdited = prompt.value !== form.elements.namedItem("builtPrompt").value;
  const isStale = PICTURE_FIELDS.test(changed.name) || (PROMPT_FIELDS.test(changed.name) && !isEdited);
  if (isStale) form.querySelector('[data-hook="preview-stale"]').hidden = false;
}

/* Errors */

function checkForm(form) {
  const names = new Set([...form.elements].map((field) => field.name).filter(Boolean));
  return [...names].filter((name) => !checkField(form, name));
}

/** Shows or clears the error of one field; true when there is none. */
function checkField(form, name) {
  const fields = [...form.elements].filter((field) => field.name === name && field.type !== "hidden");
  const [field] = fields;
  if (field === undefined || field.tagName === "BUTTON") return true;
  const message = messageFor(form, name, fields);
  const group = field.closest("fieldset") ?? field.closest(".field");
  const described = field.closest("fieldset") ?? field;
  showError(group, described, fields, message);
  return message === "";
}

function messageFor(form, name, fields) {
  const [field] = fields;
  if (name === "shapes" && !fields.some((box) => box.checked)) return "Tick at least one shape.";
  if (name === "count") return messageForCount(form);
  const { validity } = field;
  if (validity.valueMissing) return field.type === "radio" ? "Choose one of these." : "This is needed.";
  if (validity.badInput || validity.stepMismatch) return "A whole number, please.";
  const isOutside = validity.rangeUnderflow || validity.rangeOverflow;
  return isOutside ? `A whole number from ${field.min} to ${field.max}.` : "";
}

function messageForCount(form) {
  const { pictures } = readOrder(form);
  const most = Number(form.dataset.picturesMax);
  return pictures > most ? `That makes ${pictures} pictures; ${most} is the most in one go.` : "";
}

function showError(group, described, fields, message) {
  const id = `field-${fields[0].name.replaceAll(/[^A-Za-z0-9_-]/g, "-")}-error`;
  const shown = document.getElementById(id);
  const ids = (described.getAttribute("aria-describedby") ?? "")
    .split(" ")
    .filter((known) => known && known !== id);
  if (message !== "") ids.push(id);
  if (ids.length === 0) described.removeAttribute("aria-describedby");
  else described.setAttribute("aria-describedby", ids.join(" "));
  for (const field of fields) {
    if (message === "") field.removeAttribute("aria-invalid");
    else field.setAttribute("aria-invalid", "true");
  }
  if (message === "") shown?.remove();
  else if (shown !== null) shown.querySelector("span").textContent = message;
  else group.append(buildError(id, message));
}

function buildError(id, message) {
  const template = document.querySelector('template[data-hook="field-error"]');
  const error = template.content.firstElementChild.cloneNode(true);
  error.id = id;
  error.querySelector("span").textContent = message;
  return error;
}

/* Sending */

function sendForm(event, form) {
  const intent = event.submitter?.value ?? "preview";
  if (intent === "create" || intent === "preview") {
    const [firstWrong] = checkForm(form);
    if (firstWrong !== undefined) {
      event.preventDefault();
      focusField(form, firstWrong);
      return;
    }
  }
  if (intent === "create") sessionStorage.setItem(LAST_ORDER, describeOrder(form));
  if (!IN_PLACE_INTENTS.has(intent)) return;
  event.preventDefault();
  if (!isBusy) void sendInPlace(form, intent);
}

function focusField(form, name) {
  const field = [...form.elements].find((known) => known.name === name && known.type !== "hidden");
  field.focus({ preventScroll: true });
  (field.closest("fieldset, .field") ?? field).scrollIntoView({ block: "center" });
}

/** Puts the form of the server's answer where the old one was. */
async function sendInPlace(form, intent) {
  isBusy = true;
  form.setAttribute("aria-busy", "true");
  const body = new URLSearchParams(new FormData(form));
  body.set("intent", intent);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector(FORM);
    if (next === null) throw new Error("The answer holds no form.");
    replaceForm(form, next, page.title, intent);
  } catch {
    // Whatever it was, the browser shows the server's own answer, or that there is no connection.
    sendPlainly(form, body);
  } finally {
    isBusy = false;
    form.removeAttribute("aria-busy");
  }
}

function replaceForm(form, next, title, intent) {
  form.replaceWith(next);
  document.title = title;
  startForm(next);
  next.dispatchEvent(new Event("replaced", { bubbles: true }));
  const type = next.elements.namedItem("eventType").value;
  history.replaceState(null, "", `?type=${encodeURIComponent(type)}`);
  const target = targetOf(next, intent);
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "start" });
}

function targetOf(form, intent) {
  const summary = form.querySelector('[data-hook="error-summary"]');
  if (summary !== null) return summary;
  return form.querySelector(intent === "switch" ? "h1" : "#preview-title") ?? form;
}

/** The same fields as an ordinary form, which loads a page. */
function sendPlainly(form, body) {
  const plain = document.createElement("form");
  plain.method = "post";
  plain.action = form.action;
  plain.hidden = true;
  for (const [name, value] of body) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    plain.append(field);
  }
  document.body.append(plain);
  plain.submit();
}

startForm(document.querySelector(FORM));
// Browsers fill in again what was typed after this script has begun.
addEventListener("pageshow", () => {
  showPrice(document.querySelector(FORM));
  showOrderedBefore(document.querySelector(FORM));
});
